# cline: the coding agent Cline on the command line (cline)
#
# Its hub, a process in the background on 127.0.0.1, runs what clients ask for: one
# that was started outside would run it outside. Here it works without a hub.
#
# What it writes into its settings (hooks, MCP servers, plug-ins) runs at its next
# start: start it with this profile then too.

# It works in the directory that it is started in.
workdir readwrite
profile git
# It is a program of many files.
profile node-programs

# Settings, credentials, sessions. It removes directories in it.
create ~/.cline
temp   ~/.cline
# Skills that agents share.
read ~/.agents

# The variables of the providers that most people use; others by --allow-env.
allow-env ANTHROPIC_API_KEY
allow-env OPENAI_API_KEY
allow-env GEMINI_API_KEY
allow-env OPENROUTER_API_KEY
allow-env CLINE_API_KEY

# It cannot work without mv and cp, and the grants bound what they reach. rm and
# the other blocked commands stay blocked.
allow-command file-operations
