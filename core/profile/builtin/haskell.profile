# haskell: cabal and stack in the working directory

profile version-managers
read ~/.ghcup
create ~/.cabal/packages
temp   ~/.cabal/packages
create ~/.cabal/store
temp   ~/.cabal/store
read-file ~/.cabal/config
read-file $XDG_CONFIG_HOME/cabal/config
read   ~/.cabal/bin
create $XDG_CACHE_HOME/cabal
temp   $XDG_CACHE_HOME/cabal
create $XDG_STATE_HOME/cabal
temp   $XDG_STATE_HOME/cabal
temp   ~/.stack
allow-rmdir
