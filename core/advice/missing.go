package advice

import (
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/shellquote"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// makeFirst is the remedy where something is denied that does not exist, and what
// is around it cannot be granted: the kernel grants only what exists. It returns ""
// where that would not help either.
func (a *Adviser) makeFirst(q query.Question, v *query.Verdict) string {
	at, need := place(q.Op, v)
	if a.Host == nil || v.Exists || need == 0 {
		return ""
	}
	missing := firstMissing(at)
	if missing == "" {
		return ""
	}
	k := grantFor(need, missing != at || need&(carve.List|carve.Create) != 0)
	var o policy.Options
	if a.Options != nil {
		o = *a.Options
	}
	// The policy makes a grant of what does not exist where a profile has it made.
	o.NetBlock, o.Create = true, append(o.Create[:len(o.Create):len(o.Create)], missing)
	o.Grants = append(o.Grants[:len(o.Grants):len(o.Grants)], policy.Grant{Kind: k, Path: missing, From: "made"})
	pol, err := policy.Compile(o, *a.Host)
	if err != nil || byNames(pol.Spec, at)&need != need {
		return ""
	}
	return fault.Quote(missing) + " does not exist: make it first, then --" + k.String() + " " + shellquote.Word(missing) + " allows it"
}

// firstMissing is the first name on the way to path, which has no symlinks, that
// does not exist, or "".
func firstMissing(path string) string {
	missing := ""
	for path != "/" {
		var st unix.Stat_t
		err := unix.Lstat(path, &st)
		if err == nil {
			break
		}
		if err != unix.ENOENT {
			return "" // beneath a file, or not to be looked at
		}
		missing = path
		path = spec.Parent(path)
	}
	return missing
}

// grantFor is the narrowest grant that gives the rights.
func grantFor(need carve.Rights, dir bool) spec.Kind {
	kinds := [...]spec.Kind{spec.ReadFile, spec.WriteFile, spec.AllowFile}
	if dir {
		kinds = [...]spec.Kind{spec.Read, spec.Write, spec.Allow}
	}
	for _, k := range kinds {
		if carve.Granted(k, false)&need == need {
			return k
		}
	}
	return spec.Temp // directories are to be removed
}
