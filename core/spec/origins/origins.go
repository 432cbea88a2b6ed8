// Package origins tells what the origin of a line means for those who change a spec or
// advise on it. The shim asks none of that.
package origins

import (
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
)

// OfOneStart reports whether the line holds for one start only: what the standard
// streams are open on, and files that the start makes. A spec that is kept to be
// used again has none of these.
func OfOneStart(o spec.Origin) bool {
	return o.Source == spec.StandardStream || o.Source == spec.PrivateTemp || o.Source == spec.SpecCopy
}

// Pattern returns the pattern that made a line of --deny or --deny-write, or "".
func Pattern(o spec.Origin) string {
	flag, pattern, _ := strings.Cut(o.Detail, " ")
	if o.Source == spec.Flag && (flag == "--deny" || flag == "--deny-write") {
		return pattern
	}
	return ""
}

// Typed reports whether the line stands for a flag on the command line, and not
// for what a list, a profile or every sandbox has.
func Typed(o spec.Origin) bool {
	return o.Source == spec.Flag || o.Source == spec.BlockedCommand && o.Detail == spec.BlockFlag
}
