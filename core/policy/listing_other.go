//go:build !linux

package policy

// list says that it does not know, so that every path is looked at by itself.
func (r *resolver) list(string) *listing { return &listing{unknown: true} }
