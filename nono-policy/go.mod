module github.com/nono-sandbox/nono/nono-policy

go 1.26.0

require (
	github.com/BurntSushi/toml v1.6.0
	github.com/nono-sandbox/nono/core v0.1.0
	golang.org/x/crypto v0.58.0
	golang.org/x/sys v0.49.0
)

require (
	github.com/landlock-lsm/go-landlock v0.11.0 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/peterbourgon/ff/v3 v3.4.0 // indirect
	kernel.org/pub/linux/libs/security/libcap/psx v1.2.77 // indirect
)
