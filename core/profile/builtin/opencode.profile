# opencode: the open-source coding agent (opencode)
profile git
profile node-programs
create $XDG_CONFIG_HOME/opencode
temp   $XDG_CONFIG_HOME/opencode
create $XDG_DATA_HOME/opencode
temp   $XDG_DATA_HOME/opencode
create $XDG_STATE_HOME/opencode
temp   $XDG_STATE_HOME/opencode
create $XDG_CACHE_HOME/opencode
temp   $XDG_CACHE_HOME/opencode
allow-command file-operations
workdir readwrite
