# opencode: the open-source coding agent (opencode)
#
# It has no sandbox of its own to turn off. It installs plug-ins through npm's
# cache, which is not granted: add --profile node if you use any.
#
# Its configuration (plug-ins, MCP servers, commands) runs at its next start, and is
# read-only here. On the day on which you change it inside: --temp ~/.config/opencode

# It works in the directory that it is started in.
workdir readwrite
profile git
# npm and npx, MCP servers and plug-ins are programs of many files.
profile node-programs

create $XDG_CONFIG_HOME/opencode
read   $XDG_CONFIG_HOME/opencode
variable OPENCODE_CONFIG_DIR $XDG_CONFIG_HOME/opencode
read $OPENCODE_CONFIG_DIR
# Data with credentials and sessions, state, cache. It removes directories in them.
create $XDG_DATA_HOME/opencode
temp   $XDG_DATA_HOME/opencode
create $XDG_STATE_HOME/opencode
temp   $XDG_STATE_HOME/opencode
create $XDG_CACHE_HOME/opencode
temp   $XDG_CACHE_HOME/opencode

# What an administrator has laid down for it must not be lost in here.
read /etc/opencode
macos read /Library/Application Support/opencode

# The variables of the providers that most people use; others by --allow-env.
# What `opencode auth login` has stored is in its data.
allow-env ANTHROPIC_API_KEY
allow-env OPENAI_API_KEY
allow-env GEMINI_API_KEY
allow-env OPENROUTER_API_KEY
allow-env OPENCODE_API_KEY

# It cannot work without mv and cp, and the grants bound what they reach. rm and
# the other blocked commands stay blocked.
allow-command file-operations
