package query

import "github.com/nono-sandbox/nono/core/paths"

// Afresh returns an Asker with the rules of a and the files that are on disk now, for a
// process with the working directory cwd.
func (a *Asker) Afresh(cwd string) *Asker {
	return &Asker{s: a.s, abi: a.abi, disk: paths.NewDisk(cwd), rules: a.rules, ending: a.ending}
}
