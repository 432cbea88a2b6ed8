# python: Python, virtual environments, pip and uv in the working directory
#
# Configuration files of pip are not granted: they can hold the password of an
# index. Set PIP_INDEX_URL and pass it with --allow-env.

# Interpreters and programs of version managers and installers in the home.
profile version-managers
read ~/.local/lib
read $XDG_DATA_HOME/pypoetry
read $XDG_DATA_HOME/hatch
read ~/miniconda3
read ~/miniforge3
read ~/mambaforge
read ~/anaconda3
read ~/micromamba
read ~/.pixi
read /opt/conda
read /opt/miniconda3

# Packages that were fetched or built before, and environments that the tools keep
# outside the project.
create $XDG_CACHE_HOME/pip
temp   $XDG_CACHE_HOME/pip
create $XDG_CACHE_HOME/uv
temp   $XDG_CACHE_HOME/uv
create $XDG_CACHE_HOME/pypoetry
temp   $XDG_CACHE_HOME/pypoetry
create $XDG_CACHE_HOME/pdm
temp   $XDG_CACHE_HOME/pdm
create $XDG_CACHE_HOME/hatch
temp   $XDG_CACHE_HOME/hatch
create $XDG_CACHE_HOME/pipenv
temp   $XDG_CACHE_HOME/pipenv
temp   $XDG_DATA_HOME/virtualenvs
create $XDG_CACHE_HOME/virtualenv
temp   $XDG_CACHE_HOME/virtualenv
create $XDG_DATA_HOME/virtualenv
temp   $XDG_DATA_HOME/virtualenv
temp   $XDG_CACHE_HOME/rattler
# Results of the checkers that keep them outside the project.
create $XDG_CACHE_HOME/black
temp   $XDG_CACHE_HOME/black
create $XDG_CACHE_HOME/ruff
temp   $XDG_CACHE_HOME/ruff
create $XDG_CACHE_HOME/pylint
temp   $XDG_CACHE_HOME/pylint
temp   $XDG_CACHE_HOME/matplotlib
# pipx writes a log at each start; what it has installed is read-only.
temp   ~/.local/pipx/logs
temp   $XDG_DATA_HOME/pipx/logs
temp   $XDG_STATE_HOME/pipx/log
# Git outside runs what pre-commit has installed, in every repository: sandboxes have
# an installation of their own.
set-env PRE_COMMIT_HOME=$XDG_CACHE_HOME/nono/pre-commit
create $XDG_CACHE_HOME/nono/pre-commit
temp   $XDG_CACHE_HOME/nono/pre-commit
# IPython runs what lies in its directory at each start, and Ansible what lies in ~/.ansible:
# sandboxes have their own for what both write.
set-env IPYTHONDIR=$NONO_TEMP/ipython
set-env JUPYTER_RUNTIME_DIR=$NONO_TEMP/jupyter
set-env ANSIBLE_LOCAL_TEMP=$NONO_TEMP/ansible
set-env ANSIBLE_REMOTE_TEMP=$NONO_TEMP/ansible
# Where macOS keeps such; uv did so once, and still does where it is there.
macos read   ~/Library/Python
macos create ~/Library/Caches/pip
macos temp   ~/Library/Caches/pip
macos create ~/Library/Caches/pypoetry
macos temp   ~/Library/Caches/pypoetry
macos temp   ~/Library/Caches/uv
macos read   ~/Library/Application Support/uv

# pip changes only what is granted: a virtual environment in the project. The
# system's packages are not. A virtual environment has it by three names.
allow-command pip
allow-command pipx
allow-command pip3
allow-command pip3.8
allow-command pip3.9
allow-command pip3.10
allow-command pip3.11
allow-command pip3.12
allow-command pip3.13
allow-command pip3.14
allow-command pip3.15

# An upgrade removes the old version's directories.
allow-rmdir
