module github.com/nono-sandbox/nono/packaging

go 1.26.0

require github.com/nono-sandbox/nono/core v0.1.0

require (
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/peterbourgon/ff/v3 v3.4.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)
