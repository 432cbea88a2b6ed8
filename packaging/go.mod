module github.com/nono-sandbox/nono/packaging

go 1.26.0

require github.com/nono-sandbox/nono/core v0.1.0
