# auggie: Augment's coding agent (auggie)
#
# What it writes into its settings (hooks, MCP servers) runs at its next start:
# start it with this profile then too.

# It works in the directory that it is started in.
workdir readwrite
profile git
# It is a program of many files.
profile node-programs

# Settings, credentials, sessions, its index. It removes directories in it.
create ~/.augment
temp   ~/.augment
# Skills that agents share.
read ~/.agents

# How it signs in, where that is by a variable.
allow-env AUGMENT_SESSION_AUTH
allow-env AUGMENT_API_TOKEN

# It cannot work without mv and cp, and the grants bound what they reach. rm and
# the other blocked commands stay blocked.
allow-command file-operations
