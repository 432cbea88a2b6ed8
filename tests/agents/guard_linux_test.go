package agents

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// planted is what a command puts where it would run later.
const planted = "PLANTED-BY-THE-AGENT"

// plantEnd is the last that a script which plants says.
const plantEnd = "PLANTED-ALL"

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
	b.WriteString("echo " + plantEnd + "\n")
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

// plantOutside is the control: outside, the same script plants at each of the paths. It
// leaves nothing of the home as it was.
func (a agent) plantOutside(w *world, paths []string) {
	if len(paths) == 0 {
		w.t.Skip("it was not tried inside")
	}
	out := w.run(w.command(nil, "sh", w.path(filepath.Join(filepath.Dir(a.file), "plant.sh"))), "", conversation).out
	for _, path := range paths {
		if !strings.Contains(out, "could write "+path+"\n") {
			w.t.Errorf("outside it is not planted at %q", path)
		}
	}
}
