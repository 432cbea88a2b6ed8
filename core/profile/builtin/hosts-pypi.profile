# hosts-pypi: Python's package index
#
# With such a profile the network is open for these hosts and the ones that other
# profiles and flags name, and shut for everything else.

# the index
host pypi.org:443
# the packages
host files.pythonhosted.org:443
