# node-programs: where node and programs from npm are installed in a home
#
# Reading only: a program needs all of its package, and node its own files.
# What lies there runs as you later, so it stays unwritable.

# Global packages where npm's prefix has been moved into the home.
read ~/.npm-global
read ~/.npm-packages
read ~/.local/lib/node_modules
# pnpm's, Yarn's and Bun's global packages.
read $XDG_DATA_HOME/pnpm
read $XDG_CONFIG_HOME/yarn/global
read ~/.bun
# Version managers: node itself, and its global packages.
read ~/.nvm
read $XDG_CONFIG_HOME/nvm
read ~/.volta
read ~/.fnm
read $XDG_DATA_HOME/fnm
read $XDG_DATA_HOME/mise
read ~/.asdf
read ~/.nodenv
read ~/n
# Where macOS keeps pnpm's global packages.
macos read ~/Library/pnpm
