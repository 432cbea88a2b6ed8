package sbpl

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

type filter func(*Request) bool

// rule reads (allow OPERATION … FILTER … MODIFIER …).
func (l *loader) rule(f Expr) error {
	r := rule{allow: f.Head() == "allow"}
	for _, e := range f.List[1:] {
		if e.List == nil && !e.Str && len(r.filters) == 0 {
			if err := l.bound(e.Atom, opsEverywhere, opsSomewhere); err != nil {
				return err
			}
			r.ops = append(r.ops, e.Atom)
			continue
		}
		if e.Head() == "with" {
			if len(e.List) < 2 {
				return errf("a modifier of another form: %v", e)
			}
			r.with = append(r.with, e.List[1].Atom)
			continue
		}
		test, err := l.filter(e)
		if err != nil {
			return err
		}
		r.filters = append(r.filters, test)
	}
	if len(r.ops) == 0 {
		return errf("a rule without an operation: %v", f)
	}
	l.p.rules = append(l.p.rules, r)
	return nil
}

func (l *loader) filter(e Expr) (filter, error) {
	head := e.Head()
	if fn, ok := l.funcs[head]; ok {
		var f filter
		err := l.call(fn, e, func(body []Expr) (err error) {
			f, err = l.filter(body[len(body)-1])
			return err
		})
		return f, err
	}
	if head == "" || len(e.List) < 2 {
		return nil, errf("an unknown filter: %v", e)
	}
	if err := l.bound(head, tests, testsSomewhere); err != nil {
		return nil, err
	}
	switch head {
	case "require-all", "require-any", "require-not":
		return l.require(e)
	case "subpath", "literal", "path-literal", "path", "prefix", "regex", "path-regex", "path-ancestors":
		return l.each(e, pathFilter)
	case "local", "remote":
		return l.end(e)
	case "vnode-type", "target":
		return property(e)
	}
	space, how := nameFilter(head)
	if space == "" {
		return func(*Request) bool { return false }, nil // no request here has one
	}
	return l.each(e, func(_, want string) (filter, error) { return named(space, how, want) })
}

func (l *loader) require(e Expr) (filter, error) {
	var parts []filter
	for _, sub := range e.List[1:] {
		f, err := l.filter(sub)
		if err != nil {
			return nil, err
		}
		parts = append(parts, f)
	}
	switch e.Head() {
	case "require-all":
		return func(r *Request) bool { return matching(parts, r) == len(parts) }, nil
	case "require-any":
		return func(r *Request) bool { return matching(parts, r) > 0 }, nil
	}
	if len(parts) != 1 {
		return nil, errf("a require-not of another form: %v", e)
	}
	return func(r *Request) bool { return matching(parts, r) == 0 }, nil
}

func matching(all []filter, r *Request) (n int) {
	for _, f := range all {
		if f(r) {
			n++
		}
	}
	return n
}

// each makes one filter of all the strings of e: any of them.
func (l *loader) each(e Expr, one func(head, want string) (filter, error)) (filter, error) {
	var any []filter
	for _, arg := range e.List[1:] {
		want, err := l.text(arg)
		if err != nil {
			return nil, err
		}
		f, err := one(e.Head(), want)
		if err != nil {
			return nil, err
		}
		any = append(any, f)
	}
	return func(r *Request) bool { return matching(any, r) > 0 }, nil
}

func pathFilter(head, want string) (filter, error) {
	if head == "regex" || head == "path-regex" {
		re, err := regexp.Compile(latin1(want))
		return func(r *Request) bool { return r.seen() != "" && re.MatchString(latin1(r.seen())) }, err
	}
	if head == "prefix" {
		return func(r *Request) bool { return r.seen() != "" && strings.HasPrefix(r.seen(), want) }, nil
	}
	if want == "/" && head == "path-ancestors" {
		return nil, errf("argument expected but none provided") // as the compiler says
	}
	if !strings.HasPrefix(want, "/") || want != "/" && strings.HasSuffix(want, "/") {
		return nil, errf("no path to compare: %q", want)
	}
	switch head {
	case "subpath":
		return func(r *Request) bool { return r.seen() != "" && under(r.seen(), want) }, nil
	case "path-ancestors":
		return func(r *Request) bool { return r.seen() != "" && r.seen() != want && under(want, r.seen()) }, nil
	}
	return func(r *Request) bool { return r.seen() == want }, nil
}

// under reports whether p is dir or lies beneath it.
func under(p, dir string) bool {
	return p == dir || dir == "/" && path.IsAbs(p) || strings.HasPrefix(p, dir+"/")
}

// latin1 makes a rune of each byte: Seatbelt's expressions are over bytes.
func latin1(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

// end is for (local ip), (remote ip "localhost:80"), (remote unix-socket FILTER).
func (l *loader) end(e Expr) (filter, error) {
	end, kind := e.Head(), e.List[1].Atom
	switch kind {
	case "ip", "ip4", "ip6", "tcp", "tcp4", "tcp6", "udp", "udp4", "udp6":
		if len(e.List) == 2 {
			return func(r *Request) bool { return r.IP == end }, nil
		}
		return l.address(end, e)
	case "unix", "unix-socket":
		if len(e.List) == 2 {
			return func(r *Request) bool { return r.Sock == end }, nil
		}
		at, err := l.filter(e.List[2])
		return func(r *Request) bool { return r.Sock == end && at(r) }, err
	}
	return nil, errf("an unknown end: %v", e)
}

// address compares a host and a port. No host but * and localhost can be named.
func (l *loader) address(end string, e Expr) (filter, error) {
	want, err := l.text(e.List[2])
	if err != nil {
		return nil, err
	}
	host, port, _ := strings.Cut(want, ":")
	if host != "*" && host != "localhost" || port == "" {
		return nil, errf("host must be * or localhost: %q", want)
	}
	return func(r *Request) bool {
		at, p, _ := strings.Cut(r.Address, ":")
		return r.IP == end && (host == "*" || at == "localhost") && (port == "*" || p == port)
	}, nil
}

// property is for the filters whose arguments are symbols.
func property(e Expr) (filter, error) {
	known := []string{"DIRECTORY", "REGULAR-FILE", "SYMLINK", "CHARACTER-DEVICE", "BLOCK-DEVICE", "TTY", "FIFO", "SOCKET"}
	if e.Head() == "target" {
		known = []string{"self", "same-sandbox", "others", "children", "pgrp"}
	}
	var want []string
	for _, arg := range e.List[1:] {
		if !slices.Contains(known, arg.Atom) {
			return nil, errf("unbound variable: %s", arg.Atom)
		}
		want = append(want, arg.Atom)
	}
	if e.Head() == "target" {
		return func(r *Request) bool { return slices.Contains(want, r.target()) }, nil
	}
	return func(r *Request) bool { return slices.Contains(want, r.vnode()) }, nil
}

// nameFilter splits the name of a filter that compares one: what has the name,
// and how it is compared.
func nameFilter(head string) (space, how string) {
	for _, how := range []string{"", "-prefix", "-regex"} {
		switch strings.TrimSuffix(head, how) {
		case "global-name", "local-name", "xpc-service-name", "control-name", "sysctl-name", "ipc-posix-name", "preference-domain",
			"iokit-registry-entry-class", "iokit-user-client-class", "iokit-connection", "right-name":
			return strings.TrimSuffix(head, how), how
		}
	}
	return "", ""
}

func named(space, how, want string) (filter, error) {
	switch how {
	case "-prefix":
		return func(r *Request) bool { return r.space() == space && strings.HasPrefix(r.Name, want) }, nil
	case "-regex":
		re, err := regexp.Compile(latin1(want))
		return func(r *Request) bool { return r.space() == space && re.MatchString(latin1(r.Name)) }, err
	}
	return func(r *Request) bool { return r.space() == space && r.Name == want }, nil
}
