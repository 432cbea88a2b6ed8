# kilo: Kilo Code's agent on the command line (kilo)
#
# Written from its documentation, and not run.

# It works in the directory that it is started in.
workdir readwrite
profile git
profile node-programs

# Settings, keys, sessions, logs.
create $XDG_CONFIG_HOME/kilo
temp   $XDG_CONFIG_HOME/kilo
create $XDG_DATA_HOME/kilo
temp   $XDG_DATA_HOME/kilo
create $XDG_STATE_HOME/kilo
temp   $XDG_STATE_HOME/kilo
create $XDG_CACHE_HOME/kilo
temp   $XDG_CACHE_HOME/kilo
temp   ~/.kilocode
# Skills that agents share.
read ~/.agents

# How it signs in, where that is by a variable.
allow-env ANTHROPIC_API_KEY
allow-env OPENAI_API_KEY
allow-env OPENROUTER_API_KEY
allow-env KILO_API_KEY

# It cannot work without mv and cp, and the grants bound what they reach. rm and
# the other blocked commands stay blocked.
allow-command file-operations
