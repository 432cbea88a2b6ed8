module github.com/nono-sandbox/nono/core

go 1.26.0

require (
	github.com/google/go-cmp v0.7.0
	github.com/landlock-lsm/go-landlock v0.11.0
	github.com/peterbourgon/ff/v3 v3.4.0
	golang.org/x/net v0.62.0
	golang.org/x/sys v0.49.0
)

require (
	github.com/mattn/go-isatty v0.0.24
	kernel.org/pub/linux/libs/security/libcap/psx v1.2.77 // indirect
)
