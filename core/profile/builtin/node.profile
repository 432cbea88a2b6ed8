# node: npm, npx, pnpm and Yarn in the working directory
#
# ~/.npmrc stays shut: it has tokens in it. Where it sets a registry or a proxy,
# say so in the project's .npmrc.

# node itself and programs installed with -g.
profile node-programs

# Packages that were fetched before. npx keeps programs there which it runs
# later: an agent that is not to be trusted with that needs a cache of its own
# (npm_config_cache).
create ~/.npm
temp   ~/.npm
temp   $XDG_CACHE_HOME/yarn
temp   ~/.yarn/berry
temp   $XDG_CACHE_HOME/pnpm
temp   $XDG_DATA_HOME/pnpm/store
temp   $XDG_STATE_HOME/pnpm
# Headers for native modules, and the package managers that node's corepack has
# fetched.
temp   $XDG_CACHE_HOME/node-gyp
temp   $XDG_CACHE_HOME/node

# npm puts a package in place by renaming directories, and removes old ones.
allow-rmdir
