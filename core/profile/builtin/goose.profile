# goose: Block's coding agent (goose)
#
# Written from its documentation, and not run.
#
# Its keys are in the desktop's keyring otherwise, which is shut here: without it
# they are in ~/.config/goose/secrets.yaml, or come by a variable.

# It works in the directory that it is started in.
workdir readwrite
profile git

set-env GOOSE_DISABLE_KEYRING=1
# Settings, keys, sessions, logs.
create $XDG_CONFIG_HOME/goose
temp   $XDG_CONFIG_HOME/goose
create $XDG_DATA_HOME/goose
temp   $XDG_DATA_HOME/goose
create $XDG_STATE_HOME/goose
temp   $XDG_STATE_HOME/goose
# Skills that agents share.
read ~/.agents

# How it signs in, where that is by a variable.
allow-env ANTHROPIC_API_KEY
allow-env OPENAI_API_KEY
allow-env GOOGLE_API_KEY
allow-env OPENROUTER_API_KEY

# It cannot work without mv and cp, and the grants bound what they reach. rm and
# the other blocked commands stay blocked.
allow-command file-operations
