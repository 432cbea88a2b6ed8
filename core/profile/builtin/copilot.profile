# copilot: GitHub's coding agent (copilot)
#
# Its sign-in is kept in the desktop's keyring, which is shut here, or else in
# ~/.copilot: sign in inside (/login), or pass a token by COPILOT_GITHUB_TOKEN.
#
# What it writes into its settings (hooks, MCP servers, plug-ins) runs at its next
# start: start it with this profile then too.

# It works in the directory that it is started in.
workdir readwrite
profile git
# It is a program of many files.
profile node-programs

# Settings, credentials, sessions, logs. It removes directories in it.
variable COPILOT_HOME ~/.copilot
create $COPILOT_HOME
temp   $COPILOT_HOME
# The program itself unpacks and updates its parts there, and runs them.
create $XDG_CACHE_HOME/copilot
temp   $XDG_CACHE_HOME/copilot
# Skills that agents share.
read ~/.agents

# How it signs in, where that is by a variable.
allow-env COPILOT_GITHUB_TOKEN
allow-env COPILOT_PROVIDER_API_KEY
allow-env COPILOT_PROVIDER_BEARER_TOKEN

# It cannot work without mv and cp, and the grants bound what they reach. rm and
# the other blocked commands stay blocked.
allow-command file-operations
