package query

import "github.com/nono-sandbox/nono/core/paths"

// Afresh returns an Asker with the rules of a, which were made when it was, and a disk
// that nothing has been asked about: for a process that works in cwd, some time later.
func (a *Asker) Afresh(cwd string) *Asker {
	return &Asker{s: a.s, abi: a.abi, disk: paths.NewDisk(cwd), rules: a.rules, ending: a.ending}
}
