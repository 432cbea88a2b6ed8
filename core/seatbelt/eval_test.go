package seatbelt

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A request is an operation on something, as the kernel asks about it.
type request struct {
	op   string
	path string // the kernel's own
	dir  bool   // the path is a directory
	sock string // "local" or "remote" for a Unix socket at path
	ip   string // "local" or "remote" for an IP address
	name string // of a Mach service or a sysctl
	same bool   // the target is in this sandbox
}

// A profile is read SBPL, ready to be asked.
type profile struct {
	rules []sbRule
	// wildcards by age alone, or only where no rule for the leaf matches: what
	// is known of Seatbelt is the latter, and both must give the same.
	flat bool
}

type sbRule struct {
	allow   bool
	ops     []string
	filters []filter // any of them; none matches all
}

type filter func(*request) bool

func load(text string) (*profile, error) {
	forms, err := readProfile(text)
	if err != nil {
		return nil, err
	}
	p := &profile{}
	for i, f := range forms {
		if i == 0 {
			if f.head() != "version" || len(f.list) != 2 || f.list[1].atom != "1" {
				return nil, fmt.Errorf("it begins with %v", f)
			}
			continue
		}
		if err := p.form(f); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *profile) form(f expr) error {
	switch f.head() {
	case "if": // (if (defined? 'name) form)
		if len(f.list) != 3 || f.list[1].head() != "defined?" {
			return fmt.Errorf("an if of another form: %v", f)
		}
		return p.form(f.list[2])
	case "allow", "deny":
	default:
		return fmt.Errorf("an unknown form: %v", f)
	}
	r := sbRule{allow: f.head() == "allow"}
	for _, e := range f.list[1:] {
		if e.list == nil && !e.str && len(r.filters) == 0 {
			if !knownOp(e.atom) {
				return fmt.Errorf("an unknown operation: %s", e.atom)
			}
			r.ops = append(r.ops, e.atom)
			continue
		}
		test, err := compile(e)
		if err != nil {
			return err
		}
		r.filters = append(r.filters, test)
	}
	if len(r.ops) == 0 {
		return fmt.Errorf("a rule without an operation: %v", f)
	}
	p.rules = append(p.rules, r)
	return nil
}

func compile(e expr) (filter, error) {
	var parts []filter
	switch e.head() {
	case "require-all", "require-any", "require-not":
		for _, sub := range e.list[1:] {
			f, err := compile(sub)
			if err != nil {
				return nil, err
			}
			parts = append(parts, f)
		}
		if len(parts) == 0 || e.head() == "require-not" && len(parts) != 1 {
			return nil, fmt.Errorf("a filter of nothing: %v", e)
		}
	}
	switch e.head() {
	case "require-all":
		return func(r *request) bool { return matching(parts, r) == len(parts) }, nil
	case "require-any":
		return func(r *request) bool { return matching(parts, r) > 0 }, nil
	case "require-not":
		return func(r *request) bool { return matching(parts, r) == 0 }, nil
	case "subpath", "literal", "path-literal", "regex":
		return compilePath(e)
	case "local", "remote":
		return compileEnd(e)
	}
	return compileName(e)
}

func matching(all []filter, r *request) (n int) {
	for _, f := range all {
		if f(r) {
			n++
		}
	}
	return n
}

func compilePath(e expr) (filter, error) {
	if len(e.list) != 2 {
		return nil, fmt.Errorf("a path filter of another form: %v", e)
	}
	want, err := e.list[1].text()
	if err != nil {
		return nil, err
	}
	if e.head() == "regex" {
		re, err := regexp.Compile(latin1(want))
		return func(r *request) bool { return r.path != "" && re.MatchString(latin1(r.path)) }, err
	}
	if !strings.HasPrefix(want, "/") || want != "/" && strings.HasSuffix(want, "/") {
		return nil, fmt.Errorf("no path to compare: %q", want)
	}
	sub := e.head() == "subpath"
	return func(r *request) bool {
		return r.path == want || sub && (want == "/" && r.path != "" || strings.HasPrefix(r.path, want+"/"))
	}, nil
}

// latin1 makes a rune of each byte: Seatbelt's expressions are over bytes.
func latin1(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

// compileEnd is for (local ip), (remote unix-socket FILTER) and the like.
func compileEnd(e expr) (filter, error) {
	end := e.head()
	switch {
	case len(e.list) == 2 && e.list[1].atom == "ip":
		return func(r *request) bool { return r.ip == end }, nil
	case len(e.list) == 2 && e.list[1].atom == "unix-socket":
		return func(r *request) bool { return r.sock == end }, nil
	case len(e.list) == 3 && e.list[1].atom == "unix-socket":
		path, err := compilePath(e.list[2])
		return func(r *request) bool { return r.sock == end && path(r) }, err
	}
	return nil, fmt.Errorf("an unknown end: %v", e)
}

func compileName(e expr) (filter, error) {
	if len(e.list) < 2 {
		return nil, fmt.Errorf("an unknown filter: %v", e)
	}
	arg := e.list[1].atom
	switch e.head() {
	case "vnode-type":
		if arg != "DIRECTORY" {
			return nil, fmt.Errorf("an unknown type of vnode: %s", arg)
		}
		return func(r *request) bool { return r.dir }, nil
	case "global-name", "sysctl-name", "ipc-posix-name", "control-name":
		return func(r *request) bool { return r.name == arg }, nil
	case "sysctl-name-prefix", "xpc-service-name-prefix":
		xpc := e.head() != "sysctl-name-prefix"
		return func(r *request) bool { return !xpc && r.name != "" && strings.HasPrefix(r.name, arg) }, nil
	case "target":
		if arg != "same-sandbox" {
			return nil, fmt.Errorf("an unknown target: %s", arg)
		}
		return func(r *request) bool { return r.same }, nil
	case "extension", "socket-domain", "socket-protocol", "fcntl-command":
		return func(*request) bool { return false }, nil // no request here has one
	}
	return nil, fmt.Errorf("an unknown filter: %v", e)
}

// knownOp reports whether op is in the lists of operations that SOURCES.md
// names. One unknown name makes the compiler refuse a profile.
func knownOp(op string) bool {
	const known = ` default appleevent-send job-creation lsopen file-chroot file-clone file-graft file-ungraft
		file-ioctl file-link file-mknod file-mount file-mount-update file-unmount file-read* file-read-data
		file-read-metadata file-read-xattr file-write* file-write-create file-write-data file-write-flags file-write-mode
		file-write-owner file-write-times file-write-unlink file-write-xattr fs-snapshot-create fs-snapshot-delete
		fs-snapshot-mount fs-snapshot-revert ipc-posix* ipc-sysv* mach-lookup mach-priv-host-port mach-priv-task-port mach-task-inspect
		mach-task-read network* network-bind network-inbound
		network-outbound nvram* process-exec process-exec-interpreter process-fork process-info* pseudo-tty signal
		sysctl-read sysctl-write system-fcntl system-socket `
	return strings.Contains(strings.ReplaceAll(strings.ReplaceAll(known, "\n", " "), "\t", " "), " "+op+" ")
}

// allows says what the profile decides for r.
func (p *profile) allows(r *request) bool {
	ops := append([]string{r.op}, wildcards(r.op)...)
	otherwise := false
	for i, op := range ops {
		if slices.Contains(strings.Fields(version1), op) {
			ops, otherwise = ops[:i+1], true
			break
		}
	}
	if p.flat {
		if yes, ok := p.last(r, ops...); ok {
			return yes
		}
		return otherwise
	}
	for _, op := range ops {
		if yes, ok := p.last(r, op); ok {
			return yes
		}
	}
	return otherwise
}

// version1 is what version 1 of the language allows, or may allow, unless a rule
// has that very name: what is known of it, and what came to Seatbelt after it.
const version1 = `file-clone file-graft file-link file-lock file-map-executable file-test-existence file-ungraft
	fs-quota* fs-snapshot-create fs-snapshot-delete fs-snapshot-mount fs-snapshot-revert nvram* process-info*
	process-exec-interpreter dynamic-code-generation iokit-get-properties sandbox-check syscall-mach syscall-mig
	syscall-unix system-fcntl mach-priv-host-port mach-priv-task-port mach-task-inspect mach-task-read`

// last returns what the last matching rule for any of ops says. A rule without a
// filter counts only where none with one matches.
func (p *profile) last(r *request, ops ...string) (yes, ok bool) {
	bare := false
	for i := len(p.rules) - 1; i >= 0; i-- {
		rule := &p.rules[i]
		if !slices.ContainsFunc(rule.ops, func(op string) bool { return slices.Contains(ops, op) }) {
			continue
		}
		if len(rule.filters) == 0 {
			if !bare {
				yes, ok, bare = rule.allow, true, true
			}
		} else if matching(rule.filters, r) > 0 {
			return rule.allow, true
		}
	}
	return yes, ok
}

// wildcards returns the operations that stand for op and others, nearest first.
func wildcards(op string) []string {
	var all []string
	for i := len(op) - 1; i > 0; i-- {
		if op[i] == '-' {
			all = append(all, op[:i]+"*")
		}
	}
	return append(all, "default")
}
