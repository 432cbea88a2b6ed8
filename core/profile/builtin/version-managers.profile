# version-managers: programs and runtimes that are installed in a home
#
# Reading only: what lies there runs as you later, so it stays unwritable. The
# shims of a version manager need its settings and its own program too.

# Programs of the user's own: most installers put theirs, or a symlink, in here.
read ~/.local/bin
# mise (and rtx, its former name). It may note what it has looked up.
read      $XDG_DATA_HOME/mise
read      $XDG_DATA_HOME/rtx
read      $XDG_CONFIG_HOME/mise
read      $XDG_STATE_HOME/mise
read-file ~/.mise.toml
read-file ~/mise.toml
temp      $XDG_CACHE_HOME/mise
# asdf.
read      ~/.asdf
read      $XDG_DATA_HOME/asdf
read      $XDG_CONFIG_HOME/asdf
read-file ~/.asdfrc
# The versions that these and others go by where a project says none.
read-file ~/.tool-versions
read-file ~/.node-version
read-file ~/.nvmrc
read-file ~/.python-version
read-file ~/.ruby-version
read-file ~/.go-version
read-file ~/.java-version
read-file ~/.sdkmanrc
# Node's: nvm, nvs, Volta, fnm (with a directory of symlinks for each shell), nodenv, n.
read ~/.nvs
read ~/.nvm
read $XDG_CONFIG_HOME/nvm
read ~/.volta
read ~/.fnm
read $XDG_DATA_HOME/fnm
read $XDG_STATE_HOME/fnm_multishells
read $XDG_CACHE_HOME/fnm_multishells
read /run/user/$UID/fnm_multishells
read ~/.nodenv
read ~/n
# Python's: pyenv, uv's and pipx's.
read ~/.pyenv
read $XDG_DATA_HOME/uv
read $XDG_DATA_HOME/pipx
read ~/.local/pipx
# Ruby's, Java's, Go's, PHP's, Perl's.
read ~/.rbenv
read ~/.rubies
read ~/.rvm
read ~/.jenv
read ~/.sdkman
read ~/.jdks
read ~/.goenv
read ~/.gvm
read ~/.phpenv
read ~/.plenv
read ~/perl5
# proto, vfox, aqua, pkgx.
read ~/.proto
read ~/.version-fox
read $XDG_DATA_HOME/aquaproj-aqua
read ~/.pkgx
# Homebrew on Linux.
read /home/linuxbrew/.linuxbrew
read ~/.linuxbrew
# Nix: what leads into its store, which is granted.
read ~/.nix-profile
read $XDG_STATE_HOME/nix
read /nix/var/nix/profiles
read /etc/profiles/per-user
