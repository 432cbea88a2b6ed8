# amp: Sourcegraph's coding agent (amp)
#
# What it writes into its settings (MCP servers, plug-ins) runs at its next start:
# start it with this profile then too.

# It works in the directory that it is started in.
workdir readwrite
profile git
# It is a program of many files.
profile node-programs

# Settings, data with credentials and sessions, cache. It removes directories in
# them.
create ~/.amp
temp   ~/.amp
create $XDG_CONFIG_HOME/amp
temp   $XDG_CONFIG_HOME/amp
create $XDG_DATA_HOME/amp
temp   $XDG_DATA_HOME/amp
create $XDG_CACHE_HOME/amp
temp   $XDG_CACHE_HOME/amp
# Skills that agents share.
read ~/.agents
read $XDG_CONFIG_HOME/agents

# How it signs in, where that is by a variable.
allow-env AMP_API_KEY

# It cannot work without mv and cp, and the grants bound what they reach. rm and
# the other blocked commands stay blocked.
allow-command file-operations
