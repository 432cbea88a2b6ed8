# hosts-crates: Rust's crates
#
# With such a profile the network is open for these hosts and the ones that other
# profiles and flags name, and shut for everything else.

# the index
host index.crates.io:443
# the crates
host static.crates.io:443
# the API
host crates.io:443
