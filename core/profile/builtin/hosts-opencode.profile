# hosts-opencode: what opencode connects to, besides a model of another provider
#
# With such a profile the network is open for these hosts and the ones that other
# profiles and flags name, and shut for everything else. A provider's own host is named
# beside it, with --host or another of these profiles.

# the models that opencode itself offers (Zen), and the login
host opencode.ai:443
# the list of models and what they cost
host models.dev:443
# the packages of providers and plugins, which are installed at the start
host registry.npmjs.org:443
