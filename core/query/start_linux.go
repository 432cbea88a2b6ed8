package query

import (
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
)

// CanStart says whether the kernel would start the program at path under s. It
// goes by the lines of s and a few looks at the disk, so it is cheap enough for
// every start, and wrong only about what hard links and bind mounts do. It says
// yes where it cannot tell.
func CanStart(s *spec.Spec, path, cwd string) Verdict {
	return Inside(s, kernel.ABIRefer, cwd).Ask(Question{Op: Execute, Path: path})
}
