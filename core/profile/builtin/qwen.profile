# qwen: Alibaba's coding agent, Qwen Code (qwen)
#
# Its own sandbox (--sandbox, QWEN_SANDBOX, off by default) asks Docker or Podman,
# whose sockets are shut here: leave it off.
#
# What it writes into its settings (hooks, MCP servers, extensions) runs at its
# next start: start it with this profile then too.

# It works in the directory that it is started in.
workdir readwrite
profile git
# It is a program of many files.
profile node-programs

# Settings, credentials, sessions. It removes directories in it.
create ~/.qwen
temp   ~/.qwen
# Skills that agents share.
read ~/.agents

# What an administrator has laid down for it must not be lost in here.
read /etc/qwen-code

# How it signs in, where that is by a variable; others by --allow-env.
allow-env OPENAI_API_KEY
allow-env DASHSCOPE_API_KEY
allow-env GEMINI_API_KEY

# It cannot work without mv and cp, and the grants bound what they reach. rm and
# the other blocked commands stay blocked.
allow-command file-operations
