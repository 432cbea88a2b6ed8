package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"github.com/nono-sandbox/nono/core/testenv/golden"
)

const uid = 4711

func environment(home string) func(string) string {
	vars := map[string]string{"HOME": home, "PATH": "/usr/bin:/bin"}
	return func(n string) string { return vars[n] }
}

// ask parses args as nono-run does and adds the profiles.
func ask(t *testing.T, home string, args ...string) (*Request, *profile.Profile, error) {
	t.Helper()
	r := &Request{}
	set := NewSet(PolicyFlags...)
	r.Bind(set)
	r.BindHosts(set, "host")
	r.BindPorts(set, "port")
	if _, err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	p, err := r.AddProfiles(set, profile.Env{Getenv: environment(home), UID: os.Getuid(), Workdir: "/work"})
	return r, p, err
}

func write(t *testing.T, home, name, text string) {
	t.Helper()
	dir := filepath.Join(home, ".config", "nono", "profiles")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".profile"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A profile is the flags one would have typed: both ways give the same request,
// but for where the grants come from.
func TestProfileIsFlags(t *testing.T) {
	home := t.TempDir()
	var lines, args []string
	for _, f := range PolicyFlags {
		if !f.InProfile || f.Name == "profile" {
			continue
		}
		switch f.Arg {
		case None:
			lines, args = append(lines, f.Name), append(args, "--"+f.Name)
		case Dir, File, Path:
			lines, args = append(lines, f.Name+" ~/"+f.Name), append(args, "--"+f.Name, home+"/"+f.Name)
		case Ports, ListenAt:
			lines, args = append(lines, f.Name+" 443"), append(args, "--"+f.Name, "443")
		case Secret:
			lines, args = append(lines, f.Name+" TOKEN=pass:web#1"), append(args, "--"+f.Name, "TOKEN=pass:web#1")
		case Service:
			lines, args = append(lines, f.Name+" npm:5/h=pass:web"), append(args, "--"+f.Name, "npm:5/h=pass:web")
		default:
			lines, args = append(lines, f.Name+" dd"), append(args, "--"+f.Name, "dd")
		}
	}
	if len(lines) < 15 {
		t.Fatalf("only %d flags may stand in a profile", len(lines))
	}
	write(t, home, "x", strings.Join(lines, "\n"))
	typed, _, err := ask(t, home, args...)
	if err != nil {
		t.Fatal(err)
	}
	read, _, err := ask(t, home, "--profile", "x")
	if err != nil {
		t.Fatal(err)
	}
	for i := range read.Grants {
		if read.Grants[i].From != "x" {
			t.Errorf("%+v comes from %q", read.Grants[i], read.Grants[i].From)
		}
		read.Grants[i].From = ""
	}
	for i, all := range [][]spec.Host{read.Hosts, read.HostDenies, read.Listens} {
		for k := range all {
			if by := all[k].By; by.Source != spec.Profile || by.Detail != "x" {
				t.Errorf("%+v comes from %+v", all[k], by)
			}
			all[k].By = [][]spec.Host{typed.Hosts, typed.HostDenies, typed.Listens}[i][k].By
		}
	}
	if len(read.Ports) != 1 || read.Ports[0].By != (spec.Origin{Source: spec.Profile, Detail: "x"}) {
		t.Errorf("%+v", read.Ports)
	}
	read.Ports, typed.Ports = nil, nil
	if len(read.Secrets) != 1 || read.Secrets[0].From != "x" {
		t.Errorf("%+v", read.Secrets)
	}
	read.Secrets[0].From = ""
	read.Profiles = nil
	if d := cmp.Diff(typed, read); d != "" {
		t.Error(d)
	}
}

func TestMerging(t *testing.T) {
	home := t.TempDir()
	write(t, home, "x", "net-block\nallow-rmdir\nallow /p\nallow-env FROM_X\nallow-command cp\ncreate /made")
	write(t, home, "y", "net-block\nprofile x\nallow-ipc")
	r, p, err := ask(t, home, "--allow", "/typed", "--allow-rmdir=false", "-p", "x", "-p", "y", "--allow-env", "TYPED")
	if err != nil {
		t.Fatal(err)
	}
	want := &Request{Profiles: []string{"x", "y"}, Options: policy.Options{
		Grants:   []policy.Grant{{Kind: spec.Allow, Path: "/typed"}, {Kind: spec.Allow, Path: "/p", From: "x"}},
		NetBlock: true, Allow: spec.Switches{IPC: true}, AllowCommands: []string{"cp"}, PassEnv: []string{"TYPED", "FROM_X"}, Create: []string{"/made"},
	}}
	if d := cmp.Diff(want, r); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"x", "y"}, p.Names); d != "" {
		t.Error(d)
	}
}

// Every built-in, in a home that has all that it names and in an empty one.
func TestBuiltins(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the golden files are of Linux")
	}
	all, err := profile.List(profile.Env{Getenv: environment("")})
	if err != nil || len(all) < 10 {
		t.Fatal(len(all), err)
	}
	for _, e := range all {
		t.Run(e.Name, func(t *testing.T) {
			home := t.TempDir()
			golden.Check(t, filepath.Join("testdata", "profiles", e.Name+".empty"), compiled(t, home, e.Name))
			furnish(t, home, e.Name)
			golden.Check(t, filepath.Join("testdata", "profiles", e.Name+".full"), compiled(t, home, e.Name))
		})
	}
}

func load(t *testing.T, home, name string) (*Request, *profile.Profile) {
	t.Helper()
	r := &Request{Profiles: []string{name}}
	p, err := r.AddProfiles(NewSet(PolicyFlags...), profile.Env{Getenv: environment(home), UID: uid, Workdir: home + "/work"})
	if err != nil {
		t.Fatal(err)
	}
	return r, p
}

// furnish makes what the profile's grants in the home want.
func furnish(t *testing.T, home, name string) {
	t.Helper()
	r, _ := load(t, home, name)
	for _, g := range r.Grants {
		if !strings.HasPrefix(g.Path, home) || !g.Kind.Grants() {
			continue
		}
		dir := g.Path
		if g.Kind.File() {
			dir = filepath.Dir(dir)
		}
		err := os.MkdirAll(dir, 0o700)
		if err == nil && g.Kind.File() {
			err = os.WriteFile(g.Path, nil, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// compiled tells what a profile comes to: what it says of itself, the lines of
// the spec that are its own doing, and what the spec as a whole lets through. What
// an included profile gives stands in that profile's file.
func compiled(t *testing.T, home, name string) string {
	t.Helper()
	r, p := load(t, home, name)
	if !slices.ContainsFunc(r.Grants, func(g policy.Grant) bool { return g.Kind.Grants() }) {
		// A profile of commands or denies alone stands beside a grant.
		r.Grants = append(r.Grants, policy.Grant{Kind: spec.Read, Path: "/usr"})
	}
	pol, err := policy.Compile(r.Options, policy.Host{GOOS: "linux", Dir: "/", Env: environment(home), UID: uid})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	say := func(words ...string) { out = append(out, strings.Join(words, " ")) }
	say("profiles:", strings.Join(p.Names, " "))
	say("workdir:", p.Workdir.String())
	say("commands:", strings.Join(r.AllowCommands, " "))
	say("environment:", strings.Join(r.PassEnv, " "))
	others := map[string]bool{} // the paths that only included profiles name
	for _, l := range p.Lines {
		if l.Profile != name {
			others[l.Value] = true
		}
	}
	for _, l := range p.Lines {
		if l.Profile != name {
			continue
		}
		delete(others, l.Value)
		// What the machine may have or not have is told as the profile says it.
		if strings.HasPrefix(l.Value, "/") && !strings.HasPrefix(l.Value, home) {
			say("says:", l.Word, l.Value)
		}
	}
	for _, path := range pol.Skipped {
		if strings.HasPrefix(path, home) && !others[path] {
			say("skipped:", path)
		}
	}
	for _, path := range pol.Create {
		say("created:", path)
	}
	for _, l := range pol.Lifted {
		say("lifted:", l.Path, l.By.String())
	}
	text := string(document.Append(nil, pol.Spec))
	for line := range strings.SplitSeq(text, "\n") {
		if strings.Contains(line, `by "profile `+name+`"`) && strings.Contains(line, home) || strings.HasSuffix(line, " allow") || strings.HasSuffix(line, " block") ||
			strings.HasPrefix(line, "deny") && strings.Contains(line, " "+home) {
			say(line)
		}
	}
	return strings.ReplaceAll(strings.Join(out, "\n"), home, "HOME") + "\n"
}

// What a profile lets an agent write must not contain another grant's path: the
// agent could make that a symlink, and the next run would grant what it leads to.
func TestBuiltinsCannotBeLedAstray(t *testing.T) {
	all, err := profile.List(profile.Env{Getenv: environment("")})
	if err != nil {
		t.Fatal(err)
	}
	var grants []policy.Grant
	for _, e := range all {
		r, _ := load(t, "/home/u", e.Name)
		grants = append(grants, r.Grants...)
	}
	if len(grants) < 50 {
		t.Fatalf("only %d grants", len(grants))
	}
	for _, g := range grants {
		for _, w := range grants {
			if g.Kind.Grants() && slices.Contains([]spec.Kind{spec.Allow, spec.Write, spec.Temp}, w.Kind) && spec.Beneath(g.Path, w.Path) {
				t.Errorf("%s %s (%s) lies in %s %s (%s)", g.Kind, g.Path, g.From, w.Kind, w.Path, w.From)
			}
		}
	}
}
