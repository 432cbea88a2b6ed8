# hosts-claude-code: what Claude Code connects to
#
# With such a profile the network is open for these hosts and the ones that other
# profiles and flags name, and shut for everything else.

# the model
host api.anthropic.com:443
# the login of a subscription
host claude.ai:443
# the login of an account of the API
host platform.claude.com:443
host console.anthropic.com:443
