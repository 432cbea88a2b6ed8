# python: Python, virtual environments, pip and uv in the working directory
#
# Configuration files of pip are not granted: they can hold the password of an
# index. Set PIP_INDEX_URL and pass it with --allow-env.

# Interpreters and programs of version managers and installers in the home.
read ~/.pyenv
read ~/.local/lib
read $XDG_DATA_HOME/uv
read $XDG_DATA_HOME/pipx
read $XDG_DATA_HOME/mise
read ~/.asdf
read ~/miniconda3
read ~/miniforge3
read ~/anaconda3

# Packages that were fetched or built before.
create $XDG_CACHE_HOME/pip
temp   $XDG_CACHE_HOME/pip
temp   $XDG_CACHE_HOME/uv
temp   $XDG_CACHE_HOME/pypoetry
# Results of the checkers that keep them outside the project.
temp   $XDG_CACHE_HOME/ruff
temp   $XDG_CACHE_HOME/pre-commit
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
