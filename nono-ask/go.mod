module github.com/nono-sandbox/nono/nono-ask

go 1.26.0

require (
	github.com/mattn/go-isatty v0.0.24
	github.com/nono-sandbox/nono/core v0.1.0
	golang.org/x/sys v0.49.0
)
