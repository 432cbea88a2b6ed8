# hosts-go: the Go module proxy and check sums
#
# With such a profile the network is open for these hosts and the ones that other
# profiles and flags name, and shut for everything else.

# modules
host proxy.golang.org:443
# the data base of check sums
host sum.golang.org:443
# where the proxy sends clients for large files and tool chains
host storage.googleapis.com:443
