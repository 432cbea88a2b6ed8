# build: the commands that Makefiles, configure and npm's scripts call
#
# They are blocked as a guard against accidents. What they reach is bounded by the
# grants: add --allow . for the project.

allow-command rm
allow-command rmdir
allow-command unlink
allow-command cp
allow-command mv
allow-command truncate
allow-command chmod
allow-command dd

# Build systems try things in directories that they remove again.
allow-rmdir

# What compilers' caches keep. Who may change one decides what a later build outside
# gets: a project that is not to be trusted with that needs CCACHE_DIR of its own.
create $XDG_CACHE_HOME/ccache
temp   $XDG_CACHE_HOME/ccache
temp   $XDG_CACHE_HOME/sccache
temp   $XDG_CACHE_HOME/Mozilla.sccache
