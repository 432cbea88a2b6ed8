# codex: OpenAI's coding agent (codex)
#
# Its own sandbox mounts file systems for every command, which this one refuses,
# so that all commands fail: turn it off with `--sandbox danger-full-access`, or
# sandbox_mode = "danger-full-access" in ~/.codex/config.toml. Keep its approvals
# as you like them. On a terminal start it with --no-daemon (or set
# daemon_auto_start = false under [features]): its daemon is reached by a Unix
# socket, which is shut here, and one from outside would run its commands there.
#
# What it writes into its configuration (MCP servers, notify) runs at its next
# start: start it with this profile then too.

# It works in the directory that it is started in.
workdir readwrite
profile git
# Its start-up program is a script, and the real one lies deep in the package.
profile node-programs

# Configuration, credentials, sessions, data bases. It removes directories in it.
create ~/.codex
temp   ~/.codex
# Skills that agents share.
read ~/.agents

# What an administrator has laid down for it must not be lost in here.
read /etc/codex

# How it signs in, where that is by a variable.
allow-env OPENAI_API_KEY
allow-env CODEX_API_KEY

# It cannot work without mv and cp, and the grants bound what they reach. rm and
# the other blocked commands stay blocked.
allow-command file-operations
