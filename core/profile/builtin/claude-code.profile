# claude-code: Anthropic's coding agent (claude)
#
# Its own sandbox (settings: sandbox.enabled, off by default) needs mounts, which
# this one refuses: leave it off. Its updater cannot write to where it is
# installed, and is told not to try: update it outside. `nono run
# --install-hook claude-code` has it told when a failure is the sandbox's doing.
#
# What it writes into its settings (hooks, MCP servers) runs at its next start:
# start it with this profile then too, or add --profile guard-settings. Its background
# sessions (--bg) do not start: their service has a Unix socket in /tmp for inside and
# outside alike.

# It works in the directory that it is started in.
workdir readwrite
profile git
# npm and npx, MCP servers, and older releases of its own are programs of many
# files.
profile node-programs

# Settings, credentials, sessions and plug-ins. Its locks are directories that it
# removes again, so it must be able to.
variable CLAUDE_CONFIG_DIR ~/.claude
create $CLAUDE_CONFIG_DIR
temp   $CLAUDE_CONFIG_DIR

# Logs of its MCP servers.
create $XDG_CACHE_HOME/claude-cli-nodejs
temp   $XDG_CACHE_HOME/claude-cli-nodejs

# State and user-wide settings. It replaces this file by way of another one in ~,
# where it may not write; it then writes the file itself, if there is one, and an
# empty object is what it takes for a fresh start.
without CLAUDE_CONFIG_DIR create-json ~/.claude.json
without CLAUDE_CONFIG_DIR allow-file  ~/.claude.json

# What an administrator has laid down for it must not be lost in here.
read /etc/claude-code
macos read /Library/Application Support/ClaudeCode

# How it signs in, where that is by a variable. On macOS its login is in the
# Keychain, which stays shut: `claude setup-token` outside makes a token, to be
# handed over in CLAUDE_CODE_OAUTH_TOKEN. For Bedrock and Vertex add the
# variables of the cloud with --allow-env.
allow-env ANTHROPIC_API_KEY
allow-env ANTHROPIC_AUTH_TOKEN
allow-env CLAUDE_CODE_OAUTH_TOKEN

set-env DISABLE_AUTOUPDATER=1

# It cannot work without mv and cp, and the grants bound what they reach. rm and
# the other blocked commands stay blocked.
allow-command file-operations
