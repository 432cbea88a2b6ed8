# openclaw: the personal agent with a gateway (openclaw)
#
# Its own sandbox (agents.defaults.sandbox, off by default) asks Docker, whose
# socket is shut here: leave it off. Do not install its daemon (onboard
# --no-install-daemon): started by systemd it would run outside; start the
# gateway with this profile instead. It lowers its children's standing with the
# kernel's out-of-memory killer, which is refused and leaves a line in the
# output of each command that it runs.
#
# What it writes into its configuration and its workspace runs at its next start:
# start it with this profile then too.

# It works in a directory of its own, ~/.openclaw/workspace, and needs none of
# yours: grant what it is to work on with --allow.
workdir none
profile git
# It is a program of many files.
profile node-programs

# Configuration, credentials, sessions, workspace. It removes directories in it.
variable OPENCLAW_STATE_DIR ~/.openclaw
create $OPENCLAW_STATE_DIR
temp   $OPENCLAW_STATE_DIR
create $XDG_CACHE_HOME/openclaw
temp   $XDG_CACHE_HOME/openclaw

daemon 18789 a process listens on port 18789: if it is openclaw's gateway, started outside, a command inside can have it act outside; 'openclaw gateway stop' ends it

# The locks of its data bases: the place is fixed, and without it nothing starts.
create /tmp/openclaw-state-locks-$UID
temp   /tmp/openclaw-state-locks-$UID
# Its logs, where it has put them before; otherwise it uses the private temp.
temp   /tmp/openclaw

# The variables of the providers and of the gateway; others by --allow-env.
allow-env ANTHROPIC_API_KEY
allow-env OPENAI_API_KEY
allow-env GEMINI_API_KEY
allow-env OPENROUTER_API_KEY
allow-env OPENCLAW_GATEWAY_TOKEN
allow-env OPENCLAW_GATEWAY_PASSWORD

# It cannot work without mv and cp, and the grants bound what they reach. rm and
# the other blocked commands stay blocked.
allow-command file-operations
