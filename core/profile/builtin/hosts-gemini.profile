# hosts-gemini: what Gemini CLI connects to
#
# With such a profile the network is open for these hosts and the ones that other
# profiles and flags name, and shut for everything else.

# the model, with a key
host generativelanguage.googleapis.com:443
# the model, with a login
host cloudcode-pa.googleapis.com:443
# the login
host oauth2.googleapis.com:443
host accounts.google.com:443
# the account's name
host www.googleapis.com:443
