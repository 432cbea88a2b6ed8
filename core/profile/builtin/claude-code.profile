# claude-code: Anthropic's coding agent (claude)
profile git
profile node-programs
create ~/.claude
temp ~/.claude
create-json ~/.claude.json
allow-file ~/.claude.json
read $XDG_DATA_HOME/claude
allow-env ANTHROPIC_API_KEY
allow-command file-operations
workdir readwrite
