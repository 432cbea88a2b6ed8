# databases: a data base server for tests, with its data in the working directory
#
# A server of yours that runs already stays out of reach by its Unix socket: start
# one in the project, and talk to it over TCP. Passwords in ~/.pgpass, ~/.my.cnf and
# the like stay shut.

# Shared memory of PostgreSQL, of both kinds.
allow /dev/shm
allow-ipc

# PostgreSQL's initdb sets modes, removes what has failed, and its scripts copy.
profile build
