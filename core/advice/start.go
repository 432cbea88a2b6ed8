package advice

import (
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/query"
)

// CanStart says whether the kernel would start the program at path in the sandbox,
// with advice where it would not. It goes by the lines and a few looks at the disk,
// so it is cheap enough for every start, and wrong only about what hard links and
// bind mounts do. It says yes where it cannot tell.
func CanStart(s Sandbox, path string) query.Verdict {
	s.ABI = kernel.ABIRefer
	asker := query.Inside(s.Spec, s.ABI, s.Dir)
	q := query.Question{Op: query.Execute, Path: path}
	v := asker.Ask(q)
	if v.Status == query.Denied {
		New(s, asker).Advise(q, &v)
	}
	return v
}
