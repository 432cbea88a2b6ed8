// Package version holds the one version of the suite. The front ends and the
// shim are released together and refuse one another's other versions, since
// the shim takes its orders from whoever starts it.
package version

// number is set by the linker (-X) in builds of a release or a checkout.
var number = "0.1.0"

// String returns the version, without a leading v.
func String() string { return number }
