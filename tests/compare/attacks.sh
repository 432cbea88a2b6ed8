#!/bin/sh
# One plain attack, in the sandbox: attacks.sh NAME HOME PORT PID
home=$2 port=$3 pid=$4
ask() { # ask FAMILY ADDRESS: prints what a server outside answers
	python3 -c '
import socket, sys
family, address = sys.argv[1:]
if family == "tcp":
    s = socket.create_connection(("127.0.0.1", int(address)), 5)
else:
    s = socket.socket(socket.AF_UNIX)
    s.connect(address.replace("@", "\0"))
print(s.recv(100).decode())' "$1" "$2"
}
echo "the attack begins"
case $1 in
ssh-key) cat "$home/.ssh/id_ed25519" ;;
other-project) cat "$home/other/notes" ;;
start-up) echo planted >>"$home/.bashrc" ;;
git-hook) echo planted >.git/hooks/pre-commit ;;
credential) env ;;
unix-socket) ask unix "$home/service.sock" ;;
abstract-socket) ask unix "@nono-compare-$port" ;;
signal) kill -9 "$pid" ;;
environ) tr '\0' '\n' <"/proc/$pid/environ" ;;
tcp) ask tcp "$port" ;;
esac
