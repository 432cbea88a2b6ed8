# cursor: Cursor's agent on the command line (cursor-agent)
#
# Written from its documentation, and not run. The program is called 'agent' too.
#
# Its own sandbox cannot start in this one: --sandbox disabled.

# It works in the directory that it is started in.
workdir readwrite
profile git

# The program, which updates itself from outside.
read $XDG_DATA_HOME/cursor-agent
# Settings, rules, chats; the sign-in.
create ~/.cursor
temp   ~/.cursor
create $XDG_CONFIG_HOME/cursor
temp   $XDG_CONFIG_HOME/cursor

# How it signs in, where that is by a variable.
allow-env CURSOR_API_KEY

# It cannot work without mv and cp, and the grants bound what they reach. rm and
# the other blocked commands stay blocked.
allow-command file-operations
