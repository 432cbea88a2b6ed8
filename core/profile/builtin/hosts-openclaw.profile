# hosts-openclaw: what OpenClaw connects to, besides messengers and other providers
#
# With such a profile the network is open for these hosts and the ones that other
# profiles and flags name, and shut for everything else. A messenger's or another
# provider's host is named beside it.

# the model that its documentation recommends
host api.anthropic.com:443
# skills
host clawhub.ai:443
# plugins, and whether there is a newer version
host registry.npmjs.org:443
