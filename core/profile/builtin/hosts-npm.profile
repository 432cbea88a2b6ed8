# hosts-npm: the npm registry
#
# With such a profile the network is open for these hosts and the ones that other
# profiles and flags name, and shut for everything else.

# packages, and their metadata
host registry.npmjs.org:443
