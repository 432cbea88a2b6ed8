package document

import (
	"strconv"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/later"
	"github.com/nono-sandbox/nono/core/spec/reach"
)

// until adds one line `until SECONDS KIND PATH`.
func until(s *spec.Spec, args []string, n int) string {
	if len(args) < 2 {
		return "'until' needs a number of seconds, a directive and a path"
	}
	end, msg := seconds(wordUntil, args[0])
	if msg != "" {
		return msg
	}
	if args[1] == wordHost {
		return untilHost(s, end, args[2:], n)
	}
	p, msg := spec.ParsePath(args[1], args[2:], n)
	switch {
	case msg != "":
		return msg
	case !later.MayEnd(p.Kind):
		return "'until' does not go with " + spec.Shown(args[1])
	}
	p.Until = end
	s.Ending = append(s.Ending, p)
	return ""
}

// ends reads the line `ends SECONDS`.
func ends(s *spec.Spec, args []string) string {
	if len(args) != 1 {
		return "'ends' needs a number of seconds"
	}
	if s.Ends != 0 {
		return "'ends' is set a second time"
	}
	var msg string
	s.Ends, msg = seconds(wordEnds, args[0])
	return msg
}

func seconds(word, arg string) (int64, string) {
	n, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != arg {
		return 0, "'" + word + "' needs a number of seconds since the system started, not " + spec.Shown(arg)
	}
	return n, ""
}

// ask adds one line `ask KIND PATH`.
func ask(s *spec.Spec, args []string, n int) string {
	if len(args) < 2 {
		return "'ask' needs a directive and a path"
	}
	if args[0] == wordHost {
		return askHost(s, args[1:], n)
	}
	p, msg := spec.ParsePath(args[0], args[1:], n)
	switch {
	case msg != "":
		return msg
	case p.Kind.Grants() && !later.MayEnd(p.Kind):
		return "'ask' does not go with " + spec.Shown(args[0])
	}
	s.Askable = append(s.Askable, p)
	return ""
}

// unasked adds one line `unasked KIND` or `unasked KIND PATH`.
func unasked(s *spec.Spec, args []string, n int) string {
	if len(args) == 0 {
		return "'unasked' needs a directive"
	}
	kind, path := args[0], args[1:]
	everywhere := len(path) == 0 || len(path) == 2 && path[0] == "by"
	if everywhere {
		path = append([]string{"/"}, path...)
	}
	p, msg := spec.ParsePath(kind, path, n)
	switch {
	case msg != "":
		return msg
	case !later.MayEnd(p.Kind) && p.Kind != spec.UnixSocket || p.Optional:
		return "'unasked' does not go with " + spec.Shown(kind)
	}
	if everywhere {
		p.Path = ""
	}
	s.Unasked = append(s.Unasked, p)
	return ""
}

// untilHost adds one line `until SECONDS host HOST`.
func untilHost(s *spec.Spec, end int64, args []string, n int) string {
	h, msg := host(wordHost, args, n)
	h.Until = end
	s.EndingHosts = append(s.EndingHosts, h)
	return msg
}

// askHost adds one line `ask host HOST`.
func askHost(s *spec.Spec, args []string, n int) string {
	h, msg := host(wordHost, args, n)
	s.AskableHosts = append(s.AskableHosts, h)
	return msg
}

// listen reads one line `listen`.
func listen(args []string, n int) (spec.Host, string) {
	h, msg := host("listen", args, n)
	if msg == "" {
		_, msg = reach.ParseListen(args[0])
	}
	return h, msg
}

// host reads one line `host` or `deny-host`.
func host(word string, args []string, n int) (spec.Host, string) {
	var by spec.Origin
	switch {
	case len(args) == 3 && args[1] == "by":
		by = spec.ParseOrigin(args[2])
	case len(args) != 1:
		return spec.Host{}, "'" + word + "' needs one host, and after it only: by \"REASON\""
	}
	if args[0] == reach.AnyName {
		return spec.Host{Name: reach.AnyName, By: by, Line: n}, ""
	}
	h, msg := reach.Parse(args[0])
	switch {
	case msg != "":
		return h, "the host " + spec.Shown(args[0]) + ": " + msg
	case reach.Text(h) != args[0]:
		return h, "the host " + spec.Shown(args[0]) + " is written " + spec.Shown(reach.Text(h))
	case (h.Raw || h.Proxy) && word == "deny-host":
		return h, "/raw and /proxy say how to allow a host, and not how to deny it"
	}
	h.By, h.Line = by, n
	return h, ""
}
