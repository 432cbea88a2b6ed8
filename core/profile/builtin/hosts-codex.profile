# hosts-codex: what Codex connects to
#
# With such a profile the network is open for these hosts and the ones that other
# profiles and flags name, and shut for everything else.

# the model
host api.openai.com:443
# the model, with a login of ChatGPT
host chatgpt.com:443
# the login
host auth.openai.com:443
