# codex: OpenAI's coding agent (codex)
profile git
profile node-programs
create ~/.codex
temp   ~/.codex
allow-env OPENAI_API_KEY
allow-env CODEX_API_KEY
allow-command file-operations
workdir readwrite
