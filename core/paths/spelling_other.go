//go:build !darwin

package paths

// spelled returns path: a name is spelled in one way here.
func spelled(path string) string { return path }
