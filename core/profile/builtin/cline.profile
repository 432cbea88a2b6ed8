# cline: the coding agent Cline on the command line (cline)
#
# Its hub, a process in the background on 127.0.0.1, runs what clients ask for: one
# that was started outside would run it outside. Here it works without a hub, and
# nono says if there is one: what the agent runs could still ask it.
#
# What it writes into its settings (hooks, MCP servers, plug-ins) runs at its next
# start: start it with this profile then too.

# It works in the directory that it is started in.
workdir readwrite
profile git
# It is a program of many files.
profile node-programs

# Settings, credentials, sessions. It removes directories in it.
variable CLINE_DIR ~/.cline
create $CLINE_DIR
temp   $CLINE_DIR
set-env CLINE_SESSION_BACKEND_MODE=local
daemon 25463 a process listens on port 25463: if it is cline's hub, a command inside can have it act outside; end it with 'cline doctor' before
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
