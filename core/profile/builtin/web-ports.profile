# web-ports: TCP to the ports 53, 80 and 443 alone
#
# To an agent's profile: --profile codex --profile web-ports. What listens on other
# ports of this machine (a daemon that does what it is told, a data base) cannot be
# reached then, and no UDP is sent: names are looked up by TCP, on port 53. It is not
# in the agents' own profiles, since a server that the agent starts to test its work
# cannot be reached either: --port 3000 adds one. Needs Landlock ABI 4.

port 53
port 80
port 443
