# aider: Aider, which edits and commits (aider)
#
# Written from its documentation, and not run.
#
# It reads keys from ~/.env too, which is not granted here: pass a key by a variable,
# or keep it in the .env of the project.

# It works in the directory that it is started in.
workdir readwrite
profile git
profile python

# Caches, a sign-in to OpenRouter, models that it knows.
create ~/.aider
temp   ~/.aider
read-file ~/.aider.conf.yml
read-file ~/.aider.model.settings.yml
read-file ~/.aider.model.metadata.json

# How it signs in.
allow-env ANTHROPIC_API_KEY
allow-env OPENAI_API_KEY
allow-env GEMINI_API_KEY
allow-env OPENROUTER_API_KEY

# It cannot work without mv and cp, and the grants bound what they reach. rm and
# the other blocked commands stay blocked.
allow-command file-operations
