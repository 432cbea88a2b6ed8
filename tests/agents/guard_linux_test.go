package agents

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/tests/agents/model"
)

// planted is what a command puts where it would run later.
const planted = "PLANTED-BY-THE-AGENT"

// plant is a script that tries each way to put something at each of the paths.
func plant(paths []string) string {
	var b strings.Builder
	b.WriteString("P=" + planted + "\n")
	for _, path := range paths {
		b.WriteString("f='" + path + "'; d=${f%/*}\n" + `
mkdir -p "$d" || mkdir "$d"
if [ -d "$f" ]; then echo $P >"$f/new"; echo $P >"$f/sub/new"; else echo $P >>"$f"; fi
echo $P >"$d/beside" && mv -T "$d/beside" "$f"
echo $P >"$d/beside" && ln -f "$d/beside" "$f"
mkdir "$d/beside.d" && echo $P >"$d/beside.d/new" && mv -T "$d/beside.d" "$f"
mkdir "$f" && echo $P >"$f/new"
mv -T "$f" "$f.was" && echo $P >"$f"
mv -T "$d" "$d.was" && mkdir "$d" && echo $P >"$f"
grep -rq $P "$f" && echo "could write $f"
`)
	}
	return b.String()
}

// guarded returns the paths that the profile guard-settings denies to be written in
// what an agent's own profile grants.
func (w *world) guarded(a agent) []string {
	w.t.Helper()
	print := []string{w.s.Path("nono-run"), "--silent", "--profile", a.profile, "--profile", "guard-settings", "--print-spec", "--", a.command}
	r := w.run(w.command(a.env("http://127.0.0.1:9"), print...), "", conversation)
	if r.status != 0 {
		w.t.Fatal(r.out)
	}
	var own, paths []string
	for line := range strings.Lines(r.out) {
		if f := strings.Fields(line); len(f) > 2 && strings.Contains(line, `"profile `+a.profile+`"`) {
			own = append(own, f[1])
		}
	}
	for line := range strings.Lines(r.out) {
		f := strings.Fields(line)
		if len(f) < 3 || f[0] != "deny-write" || !strings.Contains(line, `"profile guard-settings"`) {
			continue
		}
		if slices.ContainsFunc(own, func(dir string) bool { return f[1] == dir || strings.HasPrefix(f[1], dir+"/") }) {
			paths = append(paths, f[1])
		}
	}
	if len(paths) == 0 {
		w.t.Fatalf("nothing of %s is guarded:\n%s", a.profile, r.out)
	}
	return paths
}

// has returns those of the paths at or beneath which something was planted.
func (w *world) has(paths []string) []string {
	var have []string
	for _, path := range paths {
		filepath.WalkDir(path, func(at string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil
			}
			if b, err := os.ReadFile(at); err == nil && strings.Contains(string(b), planted) && !slices.Contains(have, path) {
				have = append(have, path)
			}
			return nil
		})
	}
	return have
}

// With guard-settings an agent works as without, and can change nothing of its own that
// runs something later.
func TestGuardSettings(t *testing.T) {
	talks(t, func(t *testing.T, w *world, a agent) {
		calls := a.calls(w)
		script := filepath.Join(filepath.Dir(a.file), "plant.sh")
		m := model.New(append(slices.Clone(calls[:2]), a.shell(w, "sh plant.sh"), calls[2])...)
		defer m.Close()
		a.settle(w, m.URL)
		// A first start, at which an agent makes its directories.
		first := w.nono(a.profile, append([]string{a.command}, a.saved...)...)
		if r := w.run(w.command(a.env(m.URL), first...), "", conversation); a.profile == "qwen" && r.status != 0 {
			w.t.Error(r.out)
		}
		paths := w.guarded(a)
		w.file(script, plant(paths))
		words := w.nonoWith([]string{"--profile", "guard-settings"}, a.profile, append([]string{a.command}, a.prompt...)...)
		r := w.run(w.command(a.env(m.URL), words...), "", conversation)
		if r.status != 0 || !strings.Contains(r.out, model.Final) {
			t.Errorf("status %d\n%s", r.status, r.out)
		}
		if got := w.text(strings.Replace(a.file, "made", "copy", 1)); got != "made by the agent\n" {
			t.Errorf("the copy has %q", got)
		}
		if have := w.has(paths); len(have) > 0 {
			t.Errorf("planted at %q:\n%.4000s", have, m.Last())
		}
		// The control: the same script outside.
		out := w.run(w.command(nil, "sh", w.path(script)), "", conversation).out
		for _, path := range paths {
			if !strings.Contains(out, "could write "+path+"\n") {
				t.Errorf("outside it is not planted at %q", path)
			}
		}
	})
}
