package main

import (
	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec/later"
	"golang.org/x/sys/unix"
)

// asks sets v.Asks where a person is asked when what v denies is tried.
func (w *sandbox) asks(q query.Question, v *query.Verdict) {
	if !w.self || !later.Asks(w.spec) || v.Status != query.Denied || !v.ByPolicy() {
		return
	}
	switch {
	case q.Op == query.Connect:
		v.Asks = v.Exists && query.SocketAskable(w.spec, v.Resolved)
	case query.Performed(q.Op):
		most := query.Inside(later.Most(w.spec), w.abi, w.cwd).Ask(q)
		v.Asks = most.Status == query.Allowed
	}
}

// askAhead puts the question to the person ahead of the need for it, and makes of v what
// the answer is.
func (w *sandbox) askAhead(v *query.Verdict, reason string) error {
	do := "request " + string(v.Op) + " of"
	refuse := func(why, hint string) error {
		return &fault.Error{Do: do, Path: v.Path, Err: fault.Text(why), Hint: hint}
	}
	flags := map[query.Op]int{query.Read: unix.O_RDONLY, query.List: unix.O_RDONLY, query.Write: unix.O_WRONLY | unix.O_CREAT,
		query.Create: unix.O_WRONLY | unix.O_CREAT, query.ReadWrite: unix.O_RDWR | unix.O_CREAT}
	how, ok := flags[v.Op]
	switch {
	case v.Status != query.Denied:
		return nil
	case !later.Asks(w.spec):
		return refuse("nobody is asked in this sandbox", "nono run --ask, by the user, from outside")
	case !ok:
		return refuse("only reading, writing, listing and creating can be requested ahead", "try it: the person is asked then")
	case !v.Asks:
		return refuse("that cannot be asked for", "")
	}
	// The kernel itself says ENOTDIR to the first.
	if _, err := unix.Open(query.Ahead+reason, unix.O_RDONLY|unix.O_CLOEXEC, 0); err != unix.EALREADY {
		return refuse("nobody is asked in this sandbox", "")
	}
	fd, err := unix.Open(v.Path, how|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0o600)
	if err == nil {
		unix.Close(fd)
	}
	if err == nil || err == unix.EALREADY {
		*v = query.Verdict{Status: query.Allowed, Reason: query.ExplicitGrant, Op: v.Op, Path: v.Path, Resolved: v.Resolved, Exists: v.Exists,
			Note: "a person has said yes, for this run"}
		return nil
	}
	v.Note, v.Asks = "a person was asked, and the answer is no", false
	return nil
}

// checkRequest refuses flags that do not go with --request.
func (o *options) checkRequest() error {
	switch {
	case o.reason != "" && !o.request:
		return cli.Misuse("use --reason", "it goes with --request", "")
	case o.request && (!o.self || o.path == "" || o.hook):
		return cli.Misuse("use --request", "it goes with --self and one path", "nono why --self --request --op write PATH --reason TEXT")
	case len(o.reason) > 1000:
		return cli.Misuse("use --reason", "it is longer than 1000 bytes", "")
	}
	return nil
}
