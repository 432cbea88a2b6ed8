//go:build linux && !amd64

package door

// addPortCalls adds nothing: only amd64 has ports.
func addPortCalls(map[string]attack) {}
