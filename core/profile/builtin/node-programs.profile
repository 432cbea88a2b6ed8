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
# Node itself, by a version manager.
profile version-managers
# Where macOS keeps pnpm's global packages.
macos read ~/Library/pnpm
