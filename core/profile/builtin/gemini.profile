# gemini: Google's coding agent (gemini)
#
# Its own sandbox (--sandbox, GEMINI_SANDBOX, off by default) asks Docker or
# Podman, whose sockets are shut here: leave it off.
#
# What it writes into its settings (hooks, MCP servers, extensions) runs at its
# next start: start it with this profile then too.

# It works in the directory that it is started in.
workdir readwrite
profile git
# It is a program of many files.
profile node-programs

# Settings, credentials, sessions. It removes directories in it.
variable GEMINI_CLI_HOME ~
create $GEMINI_CLI_HOME/.gemini
temp   $GEMINI_CLI_HOME/.gemini
# Skills that agents share.
read ~/.agents

# What an administrator has laid down for it must not be lost in here.
read /etc/gemini-cli
macos read /Library/Application Support/GeminiCli

# How it signs in, where that is by a variable. For Vertex add the variables of
# the cloud with --allow-env.
allow-env GEMINI_API_KEY
allow-env GOOGLE_API_KEY

# Its companion in the editor: where it listens, and the token for it.
read      /tmp/gemini
allow-env GEMINI_CLI_IDE_AUTH_TOKEN

# It cannot work without mv and cp, and the grants bound what they reach. rm and
# the other blocked commands stay blocked.
allow-command file-operations
