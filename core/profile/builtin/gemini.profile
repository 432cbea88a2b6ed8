# gemini: Google's coding agent (gemini)
profile git
profile node-programs
create ~/.gemini
temp   ~/.gemini
allow-env GEMINI_API_KEY
allow-env GOOGLE_API_KEY
allow-command file-operations
workdir readwrite
