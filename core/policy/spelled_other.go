//go:build !darwin

package policy

// spelled returns path: a name is spelled in one way here.
func spelled(path string) string { return path }
