//go:build linux && !amd64

package try

// ForeignCall makes a system call of another architecture that the processor runs.
func ForeignCall() error { return Text("no other architecture") }
