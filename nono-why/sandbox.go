package main

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/advice"
	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"golang.org/x/sys/unix"
)

// A sandbox is the one that is asked about.
type sandbox struct {
	spec     *spec.Spec
	abi      int
	platform string
	cwd      string
	self     bool // this process is in it
	outside  bool // --self, and this process is in none
	foreign  bool // the spec is from a file
	asker    *query.Asker
	// request and host are what the spec was compiled from, if it was.
	request *policy.Options
	host    policy.Host
	loose   []policy.NotDenied
	create  []string              // what nono run makes before the start
	wide    map[string]*spec.Spec // the same policy with a directory granted too
	adviser *advice.Adviser
	inUse   []string // profiles
	managed *policy.Managed
}

// sandbox finds the policy to ask about.
func (o *options) sandbox(set *cli.Set, p *cli.Printer) (*sandbox, error) {
	support, err := kernel.Detect()
	w := &sandbox{abi: support.ABI, platform: o.platform, wide: map[string]*spec.Spec{}}
	if err != nil && !o.self && o.platform == "linux" {
		p.Notice("nothing is enforced here: " + err.Error() + "; nono would start nothing")
	}
	w.cwd, _ = unix.Getwd()
	switch {
	case o.self:
		w.managed, _ = cli.ReadPolicies(o.platform) // for advice alone: the spec has them in it
		err = w.findSelf()
	case o.specFile != "":
		w.foreign = true
		w.managed, _ = cli.ReadPolicies(o.platform)
		w.spec, err = readSpec(o.specFile, o.stdin)
	default:
		err = o.compile(w, set, p)
	}
	return w, err
}

// compile makes the spec as nono-run would make it from the same flags.
func (o *options) compile(w *sandbox, set *cli.Set, p *cli.Printer) error {
	h, err := policy.ThisHost(o.platform)
	if err != nil {
		return err
	}
	if err := o.AddAgreed(set, h); err != nil {
		return err
	}
	if err := w.startIn(o.Workdir, h.Dir); err != nil {
		return err
	}
	opts := o.Options
	opts.StartIn = o.Workdir
	opts.Temp, opts.Tools, opts.Stdio = o.temp(), tools(), o.aboutDescriptor()
	w.request, w.host, w.inUse, w.managed = &opts, h, o.Profiles, o.Managed
	pol, err := policy.ToAsk(opts, h)
	if err != nil {
		return err
	}
	passed, err := policy.Passed(h.Env, opts.PassEnv)
	if err != nil {
		return err
	}
	policy.AddProxies(pol.Spec, o.Managed, passed)
	w.loose, w.create = pol.NotDenied, pol.Create
	// Read back what the shim would read, for the line numbers.
	w.spec, err = document.Parse(document.Append(nil, pol.Spec))
	return err
}

// startIn makes paths in questions relative to --workdir, where the command would
// start; those in flags stay relative to here.
func (w *sandbox) startIn(dir, here string) error {
	if dir == "" {
		return nil
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(here, dir)
	}
	real, err := filepath.EvalSymlinks(dir)
	if err == nil {
		var st os.FileInfo
		if st, err = os.Stat(real); err == nil && !st.IsDir() {
			err = unix.ENOTDIR
		}
	}
	if err != nil {
		return &fault.Error{Do: "start in", Path: dir, Err: err}
	}
	w.cwd = real
	return nil
}

// aboutDescriptor reports whether the question is about what this process has open,
// which nono run would let the command open again.
func (o *options) aboutDescriptor() bool {
	for _, dir := range []string{"/dev/std", "/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/"} {
		if strings.HasPrefix(o.path, dir) {
			return true
		}
	}
	return false
}

// tools are the programs that nono run lets a command use to ask about its
// sandbox: this one, and nono beside it.
func tools() []string {
	self, err := os.Executable()
	if err != nil {
		return nil
	}
	return []string{filepath.Join(filepath.Dir(self), "nono-why"), filepath.Join(filepath.Dir(self), "nono")}
}

// temp is the private temp to answer for. The one of a sandbox that has yet to
// start has no name; a path in one that runs is asked about as in that one.
func (o *options) temp() string {
	parent := os.Getenv("TMPDIR")
	if parent == "" {
		parent = "/tmp"
	}
	if real, err := filepath.EvalSymlinks(parent); err == nil {
		parent = real
	}
	base := filepath.Join(parent, "nono-"+strconv.Itoa(os.Getuid()))
	path, err := filepath.Abs(o.path)
	if rest, ok := strings.CutPrefix(path, base+"/"); ok && err == nil {
		name, _, _ := strings.Cut(rest, "/")
		return filepath.Join(base, name)
	}
	return filepath.Join(base, "private")
}

// readSpec reads a spec from a file, or from standard input for "-".
func readSpec(name string, stdin io.Reader) (*spec.Spec, error) {
	in := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, &fault.Error{Do: "open the spec", Path: name, Err: err}
		}
		defer f.Close()
		in = f
	}
	doc, err := io.ReadAll(io.LimitReader(in, spec.MaxSize+1))
	if err != nil {
		return nil, &fault.Error{Do: "read the spec", Path: name, Err: err}
	}
	s, err := document.Parse(doc)
	if err != nil {
		return nil, &fault.Error{Do: "use the spec", Path: name, Err: err}
	}
	return s, nil
}
