# pi: the small coding agent by Mario Zechner (pi)
#
# It has no sandbox of its own, and asks before nothing: this one is the fence.
#
# What it writes into its settings (extensions, packages) runs at its next start:
# start it with this profile then too.

# It works in the directory that it is started in.
workdir readwrite
profile git
# It is a program of many files.
profile node-programs

# Settings, credentials, sessions, extensions. It removes directories in it.
variable PI_CODING_AGENT_DIR ~/.pi/agent
create $PI_CODING_AGENT_DIR
temp   $PI_CODING_AGENT_DIR
# Skills that agents share.
read ~/.agents

# The variables of the providers that most people use; others by --allow-env.
allow-env ANTHROPIC_API_KEY
allow-env ANTHROPIC_OAUTH_TOKEN
allow-env OPENAI_API_KEY
allow-env GEMINI_API_KEY
allow-env OPENROUTER_API_KEY

# It cannot work without mv and cp, and the grants bound what they reach. rm and
# the other blocked commands stay blocked.
allow-command file-operations
