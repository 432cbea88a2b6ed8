package main

import (
	"bufio"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/advice"
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/jsonobject"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/probe"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
)

// answer answers the one question of the command line.
func (w *sandbox) answer(o *options) (query.Verdict, error) {
	switch {
	case o.host != "":
		port, _ := strconv.Atoi(o.port)
		protocol := "tcp"
		if o.udp {
			protocol = "udp"
		}
		return w.network(o.host, port, protocol), nil
	case o.command != "":
		v, err := w.aboutCommand(o.command)
		w.noteForbidden(&v)
		return v, err
	case o.socket != "":
		return w.about(query.Question{Op: query.Connect, Path: o.socket})
	}
	return w.about(query.Question{Op: query.Op(o.op), Path: o.path, To: o.to})
}

// about answers a question about a path.
func (w *sandbox) about(q query.Question) (query.Verdict, error) {
	if w.outside {
		return query.Verdict{Status: query.NotSandboxed, Reason: query.OutsideOfAnyone, Op: q.Op, Path: q.Path, To: q.To}, nil
	}
	if q.Op == query.Connect && strings.HasPrefix(q.Path, "@") {
		v := query.Abstract(w.spec, w.abi, q.Path)
		if w.self {
			probe.Socket(&v)
		}
		advice.KeepTo(w.managed, &v, w.platform)
		return v, nil
	}
	if err := w.ready(); err != nil {
		return query.Verdict{}, err
	}
	v := w.asker.Ask(q)
	w.asks(q, &v)
	if w.self && !v.Asks { // trying would put a question to somebody
		probe.Path(w.spec, q, &v)
	}
	w.adviser.Advise(q, &v)
	if v.Reason == query.NotInAllowedPaths {
		w.name(&v)
	}
	w.created(&v)
	return v, nil
}

// name tells what a path is that nothing grants, if it is one that would be
// protected from a wider grant: a policy has no lines about what is out of reach
// anyway.
func (w *sandbox) name(v *query.Verdict) {
	dir := w.around(v.Resolved)
	if dir == "" {
		return
	}
	wide := w.wide[dir]
	if wide == nil {
		opts := policy.Options{NetBlock: true, Managed: w.managed}
		if w.request != nil {
			opts = *w.request
		}
		opts.Grants = append(opts.Grants[:len(opts.Grants):len(opts.Grants)], policy.Grant{Kind: spec.Read, Path: dir})
		wide = &spec.Spec{}
		if pol, err := policy.Compile(opts, w.host); err == nil {
			wide = pol.Spec
		}
		w.wide[dir] = wide
	}
	query.Recognise(v, wide)
}

// ready makes the asker and the adviser when the first question about a path comes.
func (w *sandbox) ready() (err error) {
	switch {
	case w.asker != nil:
		return nil
	case w.self:
		w.asker = query.Inside(w.spec, w.abi, w.cwd)
	default:
		// The shim looks closer at a spec that is not nono-run's own.
		if w.foreign && w.platform == "linux" {
			if err := carve.CheckDenies(w.spec); err != nil {
				return err
			}
		}
		w.asker, err = query.ForPlatform(w.platform, w.spec, w.abi, w.cwd)
	}
	if err != nil {
		return err
	}
	about := advice.Sandbox{Spec: w.spec, ABI: w.abi, Platform: w.platform, Dir: w.cwd, Inside: w.self, Options: w.request, Tools: tools(), Managed: w.managed}
	if w.request == nil {
		// Only a spec is known: what a grant would bring, this host says.
		if w.host, err = policy.ThisHost(w.platform); err != nil {
			w.host = policy.Host{}
		}
	}
	if w.host.Env != nil {
		about.Host, about.Profiles = &w.host, w.profiles()
	}
	w.adviser = advice.New(about, w.asker)
	return nil
}

// profiles are those that are not in use already.
func (w *sandbox) profiles() []advice.Profile {
	env := profile.Env{GOOS: w.platform, Getenv: w.host.Env, UID: w.host.UID, Workdir: w.cwd}
	list, err := profile.List(env)
	if err != nil {
		return nil
	}
	var all []advice.Profile
	for _, e := range list {
		if slices.Contains(w.inUse, e.Name) {
			continue
		}
		all = append(all, advice.Profile{Name: e.Name, Add: func(o policy.Options) (policy.Options, error) {
			r := cli.Request{Options: o, Profiles: []string{e.Name}}
			_, err := r.AddProfiles(cli.NewSet(cli.WhyTable()...), env)
			return r.Options, err
		}})
	}
	return all
}

// around returns a directory such that granting it would reach what the lists
// protect at or above path: a home, for most of them, or "" if they protect
// nothing there.
func (w *sandbox) around(path string) string {
	if w.host.Env == nil {
		return ""
	}
	dirs := []string{w.host.Env("HOME"), w.host.Env("XDG_RUNTIME_DIR")}
	for entry := range strings.SplitSeq(w.host.Passwd, "\n") {
		if f := strings.Split(entry, ":"); len(f) > 5 {
			dirs = append(dirs, f[5])
		}
	}
	for _, dir := range dirs {
		real, err := filepath.EvalSymlinks(dir)
		if err == nil && real != "/" && filepath.IsAbs(real) && spec.Beneath(path, real) {
			return real
		}
	}
	if len(w.host.Own) > 0 {
		return "/"
	}
	return ""
}

func (w *sandbox) network(host string, port int, protocol string) query.Verdict {
	if w.outside {
		return query.Verdict{Status: query.NotSandboxed, Reason: query.OutsideOfAnyone, Host: host, Port: port, Protocol: protocol}
	}
	v := query.Network(w.spec, w.abi, host, port, protocol)
	v.Asks = w.self && v.Status == query.Denied && query.HostAskable(w.spec, &v)
	if w.self {
		probe.Network(&v)
	}
	advice.KeepTo(w.managed, &v, w.platform)
	return v
}

// batch answers every line of in by one line of JSON on out: OP PATH, or for an
// operation on two paths OP PATH<tab>PATH. A path with a quote at its beginning
// is as Go writes a string.
func (w *sandbox) batch(in io.Reader, out io.Writer) error {
	r := bufio.NewReaderSize(in, 64<<10)
	bw := bufio.NewWriterSize(out, 64<<10)
	denied := false
	var b []byte
	for {
		line, err := r.ReadString('\n')
		if line = strings.TrimSuffix(line, "\n"); line != "" {
			b = append(w.line(b[:0], line, &denied), '\n')
			bw.Write(b)
			// Whoever waits for an answer before asking on gets it.
			if r.Buffered() == 0 {
				bw.Flush()
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return &fault.Error{Do: "read the questions", Err: err}
		}
	}
	if err := bw.Flush(); err != nil {
		return &fault.Error{Do: "write", Err: err}
	}
	if denied {
		return errDenied
	}
	return nil
}

// line appends the answer to one line of a batch.
func (w *sandbox) line(b []byte, line string, denied *bool) []byte {
	q, err := parseLine(line)
	var v query.Verdict
	if err == nil {
		v, err = w.about(q)
	}
	if err != nil {
		o := jsonobject.Append(b)
		o.Text("status", "error")
		o.Text("error", err.Error())
		o.Text("line", line)
		return o.End()
	}
	*denied = *denied || v.Status == query.Denied
	return v.AppendJSON(b)
}

func parseLine(line string) (query.Question, error) {
	name, rest, _ := strings.Cut(line, " ")
	op, err := query.ParseOp(name)
	if err != nil {
		return query.Question{}, err
	}
	q := query.Question{Op: op}
	if q.Path, rest, err = pathIn(rest); err != nil {
		return q, err
	}
	if op.Two() {
		q.To, rest, err = pathIn(rest)
	}
	switch {
	case err != nil:
		return q, err
	case rest != "", q.Path == "", op.Two() && q.To == "":
		return q, fault.Text("a line is 'OP PATH', with two paths a tab between them")
	}
	return q, nil
}

// pathIn takes one path off s, up to a tab.
func pathIn(s string) (path, rest string, err error) {
	if strings.HasPrefix(s, `"`) {
		quoted, err := strconv.QuotedPrefix(s)
		if err != nil {
			return "", "", fault.Text("a quoted path does not end, or has a bad escape")
		}
		path, err = strconv.Unquote(quoted)
		return path, strings.TrimPrefix(s[len(quoted):], "\t"), err
	}
	path, rest, _ = strings.Cut(s, "\t")
	return path, rest, nil
}
