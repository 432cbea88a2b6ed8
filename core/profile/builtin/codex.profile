# codex: OpenAI's coding agent (codex)
#
# Its own sandbox mounts file systems for every command, which this one refuses, so
# that all commands would fail. Its daemon is reached by a Unix socket, which is shut
# here, and one from outside would run its commands there. A login shell would read
# your start-up files, which are shut, and lose your PATH. So these are turned off
# below; its approvals stay as you like them.
#
# What it writes into its configuration (MCP servers, notify) runs at its next
# start: start it with this profile then too.

arguments codex -c sandbox_mode=danger-full-access -c features.daemon_auto_start=false -c allow_login_shell=false

# It works in the directory that it is started in.
workdir readwrite
profile git
# Its start-up program is a script, and the real one lies deep in the package.
profile node-programs

# Configuration, credentials, sessions, data bases. It removes directories in it.
variable CODEX_HOME ~/.codex
create $CODEX_HOME
temp   $CODEX_HOME
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
