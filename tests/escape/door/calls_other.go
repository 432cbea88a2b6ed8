//go:build linux && !amd64

package main

// addPortCalls adds nothing: only amd64 has ports.
func addPortCalls(map[string]attack) {}
