module github.com/nono-sandbox/nono/nono-policy-sigstore

go 1.26.0

require (
	github.com/nono-sandbox/nono/core v0.1.0
	github.com/sigstore/sigstore-go v1.3.0
)
