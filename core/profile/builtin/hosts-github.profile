# hosts-github: GitHub over HTTPS
#
# With such a profile the network is open for these hosts and the ones that other
# profiles and flags name, and shut for everything else.

# git and the pages
host github.com:443
# the API
host api.github.com:443
# archives
host codeload.github.com:443
# single files
host raw.githubusercontent.com:443
# releases
host objects.githubusercontent.com:443
# releases
host release-assets.githubusercontent.com:443
