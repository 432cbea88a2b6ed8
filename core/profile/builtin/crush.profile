# crush: Charm's coding agent (crush)
#
# Written from its documentation, and not run.

# It works in the directory that it is started in.
workdir readwrite
profile git
profile node-programs

# Settings and keys; sessions are in .crush in the project.
create $XDG_CONFIG_HOME/crush
temp   $XDG_CONFIG_HOME/crush
create $XDG_DATA_HOME/crush
temp   $XDG_DATA_HOME/crush
# Skills that agents share.
read ~/.agents

# How it signs in, where that is by a variable.
allow-env ANTHROPIC_API_KEY
allow-env OPENAI_API_KEY
allow-env GEMINI_API_KEY
allow-env OPENROUTER_API_KEY

# It cannot work without mv and cp, and the grants bound what they reach. rm and
# the other blocked commands stay blocked.
allow-command file-operations
