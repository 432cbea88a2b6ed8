# openclaw: the personal agent with a gateway (openclaw)
profile git
profile node-programs
create ~/.openclaw
temp   ~/.openclaw
allow-env ANTHROPIC_API_KEY
allow-env OPENAI_API_KEY
allow-command file-operations
workdir readwrite
create /tmp/openclaw-state-locks-$UID
temp   /tmp/openclaw-state-locks-$UID
