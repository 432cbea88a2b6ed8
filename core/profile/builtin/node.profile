# node: npm, npx, pnpm, Yarn, Bun and Deno in the working directory
#
# ~/.npmrc and ~/.yarnrc.yml stay shut: they have tokens in them. Where one sets a
# registry or a proxy, say so in the project's own. Yarn does not start with a
# ~/.yarnrc.yml that it cannot read: give it back with --read-file.

# node itself and programs installed with -g.
profile node-programs

# Packages that were fetched before. npx keeps programs there which it runs
# later: an agent that is not to be trusted with that needs a cache of its own
# (npm_config_cache).
create ~/.npm
temp   ~/.npm
create $XDG_CACHE_HOME/yarn
temp   $XDG_CACHE_HOME/yarn
create ~/.yarn/berry
temp   ~/.yarn/berry
create $XDG_CACHE_HOME/pnpm
temp   $XDG_CACHE_HOME/pnpm
create $XDG_DATA_HOME/pnpm/store
temp   $XDG_DATA_HOME/pnpm/store
create $XDG_STATE_HOME/pnpm
temp   $XDG_STATE_HOME/pnpm
# The lock over all stores, from pnpm 12 on: the place is fixed.
create /tmp/pnpm-store-operation-locks-$UID
temp   /tmp/pnpm-store-operation-locks-$UID
create ~/.bun/install/cache
temp   ~/.bun/install/cache
create $XDG_CACHE_HOME/deno
temp   $XDG_CACHE_HOME/deno
read   ~/.deno
# Yarn 1 does not start where there is one of these that it cannot read.
read-file ~/.yarnrc
read      $XDG_CONFIG_HOME/yarn
# Headers for native modules, and the package managers that node's corepack has
# fetched: neither does anything without a place for them.
create $XDG_CACHE_HOME/node-gyp
temp   $XDG_CACHE_HOME/node-gyp
create $XDG_CACHE_HOME/node
temp   $XDG_CACHE_HOME/node
# What tools of the field keep besides: transformed sources, telemetry's answer.
temp   $XDG_CACHE_HOME/turbo
temp   $XDG_CACHE_HOME/prisma
temp   $XDG_CACHE_HOME/esbuild
temp   $XDG_CACHE_HOME/vite
temp   $XDG_CACHE_HOME/electron
# The same where macOS keeps them.
macos create ~/Library/Caches/Yarn
macos temp   ~/Library/Caches/Yarn
macos temp   ~/Library/Caches/pnpm
macos temp   ~/Library/pnpm/store
macos temp   ~/.pnpm-state
macos create ~/Library/Caches/node-gyp
macos temp   ~/Library/Caches/node-gyp

# npm puts a package in place by renaming directories, and removes old ones.
allow-rmdir
