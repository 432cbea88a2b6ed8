package wants

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/spec"
)

// finder is a Finder with nono's own list, the user's lines own, and files.
func finder(t *testing.T, own string, files map[string]string) *Finder {
	t.Helper()
	list, err := lists.CommandsWant("own", own)
	if err != nil {
		t.Fatal(err)
	}
	return &Finder{Lists: list, Blocked: []string{"rm", "rmdir", "cp", "mv", "chmod", "rsync", "sudo", "pip"},
		Read: func(path string) (string, error) {
			text, ok := files[path]
			if !ok {
				return "", os.ErrNotExist
			}
			return text, nil
		},
		Dirs: func(path string) []string {
			var dirs []string
			for file := range files {
				if rest, ok := strings.CutPrefix(file, path+"/"); ok {
					if dir, _, ok := strings.Cut(rest, "/"); ok && !slices.Contains(dirs, dir) {
						dirs = append(dirs, dir)
					}
				}
			}
			slices.Sort(dirs)
			return dirs
		},
		Scripts: func(text string) map[string]string { // nono-hook's work
			var pkg struct{ Scripts map[string]string }
			json.Unmarshal([]byte(text), &pkg)
			return pkg.Scripts
		}}
}

func TestOf(t *testing.T) {
	files := map[string]string{
		"/p/package.json": `{"scripts": {"clean": "rm -rf dist && mkdir dist", "build": "npm run clean && vite build", "test": "NODE_ENV=x cross-env A=1 jest",
			"pretest": "cp a b", "loop": "npm run loop", "prepare": "chmod +x x", "say": "echo rm"}}`,
		"/p/one/package.json":            `{"scripts": {"bundle": "cp a b", "postbundle": "npm run last", "last": "rmdir x"}}`,
		"/p/packages/two/package.json":   `{"scripts": {"bundle": "mv a b"}}`,
		"/p/node_modules/x/package.json": `{"scripts": {"bundle": "rm x"}}`,
		"/p/Makefile":                    "X = mv\nall: a b\na:\n\t@-$(X) 1 2\nb: ; cp 1 2\nclean:\n\t$(RM) -r build\nsub:\n\t$(MAKE) -C sub all\n%.o: %.c\n\tcc $<\n",
		"/p/sub/Makefile":                "all:\n\tif true; then rmdir x; fi\n",
		"/p/do.sh":                       "#!/bin/sh\n# rm is not called\nfor f in a; do\n\trm -f \"$f\" && (mv a b)\ndone\necho chmod\nx=$(cp a b)\n",
		"/p/do.py":                       "#!/usr/bin/python3\nrm = 1\n",
		"/p/pool.py":                     "from multiprocessing import Pool\n",
		"/p/configure":                   "#! /bin/sh\nrm -f conftest*\nas_fn() {\n  mv x y\n}\n",
		"/p/bin":                         "\x7fELF\x00\nrm\n",
	}
	for _, c := range []struct{ command, flags, blocked string }{
		{"git status", "", ""},
		{"git rebase main", "--profile git", ""},
		{"git -C x -c a=b rebase main", "--profile git", ""},
		{"git commit -m rebase", "", ""},
		{"/usr/bin/git am x", "--profile git", ""},
		{"npm install", "--profile node", "chmod"},
		{"npm run clean", "--profile node", "rm"},
		{"npm run build", "--profile node", "rm"},
		{"npm test", "--profile node", "cp"},
		{"pnpm say", "--profile node", ""},
		{"yarn loop", "--profile node", ""},
		{"npm --version", "--profile node", "chmod"},
		{"pnpm bundle", "--profile node", ""},
		{"pnpm -r run bundle", "--profile node", "cp rmdir mv"},
		{"npm run bundle --workspaces", "--profile node", "cp rmdir mv"},
		{"npm -w one run bundle", "--profile node", "cp rmdir mv"},
		{"npm run -w one bundle", "--profile node", "cp rmdir mv"},
		{"yarn workspaces foreach -A run bundle", "--profile node", "cp rmdir mv"},
		{"yarn workspaces", "--profile node", ""},
		{"yarn workspace one bundle", "--profile node", "cp rmdir mv"},
		{"yarn workspace one run bundle", "--profile node", "cp rmdir mv"},
		{"yarn workspace", "--profile node", ""},
		{"turbo run bundle", "--profile node", "cp rmdir mv"},
		{"nx run two:bundle", "--profile node --allow-unix-sockets", "cp rmdir mv"},
		{"nx run-many -t say,bundle", "--profile node --allow-unix-sockets", "cp rmdir mv"},
		{"lerna run bundle", "--profile node", "cp rmdir mv"},
		{"npm-run-all clean say test", "--profile node", "rm cp"},
		{"npx playwright test", "--profile node", ""},
		{"playwright test", "--profile node --profile browser", ""},
		{"./node_modules/.bin/vite", "--profile node", ""},
		{"python3 -m pip install x", "--profile python", ""},
		{"python3 -m venv x", "--profile python", ""},
		{"python3 x.py", "", ""},
		{"python3 -W error pool.py 1", "--private-shm", ""},
		{"python3 -c import/multiprocessing", "--private-shm", ""},
		{"python3 -m pool.py", "", ""},
		{"make", "", "mv cp"},
		{"make clean", "", "rm"},
		{"make -C sub", "", "rmdir"},
		{"make sub", "", "rmdir"},
		{"make nothing X=y", "", ""},
		{"./do.sh", "", "rm mv cp"},
		{"sh do.sh", "", "rm mv cp"},
		{"bash ./do.sh x", "", "rm mv cp"},
		{"/p/do.sh", "", "rm mv cp"},
		{"./do.py", "", ""},
		{"./bin", "", ""},
		{"./missing", "", ""},
		{"env A=1 nice -n5 git rebase x", "--profile git", ""},
		{"env A=1 git rebase x", "--profile git", ""},
		{"go build", "--profile go", ""},
		{"go version", "", ""},
		{"./configure", "--profile build", ""},
		{"unknown", "", ""},
		{"", "", ""},
	} {
		got := finder(t, "", files).Of(strings.Fields(c.command), "/p")
		var flags []string
		for _, f := range got.Flags {
			flags = append(flags, f.String())
		}
		if strings.Join(flags, " ") != c.flags || strings.Join(got.Blocked, " ") != c.blocked {
			t.Errorf("%s: %q, blocked %q; want %q, %q", c.command, flags, got.Blocked, c.flags, c.blocked)
		}
	}
	// What a shell is told on its command line counts too.
	if got := finder(t, "", files).Of([]string{"bash", "-lc", "cd x; git rebase y || rm z"}, "/p"); !slices.Equal(got.Blocked, []string{"rm"}) || len(got.Flags) != 1 {
		t.Errorf("%+v", got)
	}
}

// A user's own lines go before nono's, and * silences all.
func TestOwnList(t *testing.T) {
	for own, want := range map[string]int{"": 1, "npm: -": 0, "*: -": 0, "npm install: --allow-rmdir": 1, "git: -": 1} {
		if got := finder(t, own, nil).Of([]string{"npm", "ci"}, "/p"); len(got.Flags) != want {
			t.Errorf("%q: %+v", own, got.Flags)
		}
	}
	if got := finder(t, "*: -", nil).Of([]string{"npm", "version"}, "/p"); len(got.Flags) != 0 {
		t.Errorf("a line with a word is not silenced: %+v", got.Flags)
	}
}

// Scripts that call one another without end, or are large, end all the same.
func TestEndless(t *testing.T) {
	files := map[string]string{"/p/a.sh": "#!/bin/sh\nsh a.sh\nbash /p/a.sh; make; npm run x\n", "/p/Makefile": "all: all\n\tmake -C .\n\tsh a.sh\n",
		"/p/package.json": `{"scripts":{"x":"make; sh a.sh; npm run x"}}`, "/p/many.sh": strings.Repeat("sh many.sh\n", 1000)}
	for _, c := range []string{"sh a.sh", "make", "npm run x", "sh many.sh"} {
		finder(t, "", files).Of(strings.Fields(c), "/p")
	}
}

// What scripts say costs a bounded number of programs that read a package.json.
func TestMostPackages(t *testing.T) {
	files := map[string]string{"/p/package.json": `{"scripts":{"x":"` + strings.Repeat("npm run x; npm --prefix a run x;", 100) + `"}}`}
	script := ""
	for i := range 30 {
		dir := "/p/" + strconv.Itoa(i)
		files[dir+"/package.json"] = `{"scripts":{"x":"rm x"}}`
		script += "cd " + dir + "; npm run x; npm --prefix " + dir + " run x; (cd " + dir + " && npm run x)\n"
	}
	files["/p/all.sh"] = "#!/bin/sh\n" + script + "npm run x\n"
	f, asked := finder(t, "", files), 0
	scripts := f.Scripts
	f.Scripts = func(text string) map[string]string { asked++; return scripts(text) }
	if f.Of([]string{"sh", "all.sh"}, "/p"); asked == 0 || asked > mostPackages {
		t.Errorf("%d package.json were looked into", asked)
	}
	// Each is looked into once.
	f, asked = finder(t, "", files), 0
	f.Scripts = func(text string) map[string]string { asked++; return scripts(text) }
	if f.Of([]string{"npm", "run", "x"}, "/p"); asked != 1 {
		t.Errorf("one package.json was looked into %d times", asked)
	}
}

func TestMissing(t *testing.T) {
	home := t.TempDir()
	load := func(name string) (*profile.Profile, error) {
		p := &profile.Profile{Names: []string{name}}
		switch name {
		case "tool":
			p.Lines = []profile.Line{{Word: "temp", Value: home + "/cache"}, {Word: "allow-rmdir"}, {Word: "read", Value: home + "/nowhere"}}
			p.Create = []profile.New{{Path: home + "/cache"}}
		case "build":
			p.Lines = []profile.Line{{Word: "allow-command", Value: "rm"}, {Word: "allow-command", Value: "cp"}}
		default:
			return nil, os.ErrNotExist
		}
		return p, nil
	}
	grant := func(k spec.Kind, path string) spec.Path { return spec.Path{Kind: k, Path: path} }
	work := grant(spec.Allow, "/p")
	for _, c := range []struct {
		name     string
		flags    []Want
		blocked  []string
		paths    []spec.Path
		rmdir    bool
		profiles []string
		want     string
	}{
		{"all", []Want{{"profile", "tool"}}, nil, []spec.Path{work}, false, nil, "--profile tool"},
		{"it is given", []Want{{"profile", "tool"}}, nil, []spec.Path{work}, false, []string{"tool"}, ""},
		{"by hand", []Want{{"profile", "tool"}}, nil, []spec.Path{work, grant(spec.Allow, home)}, true, nil, ""},
		{"half by hand", []Want{{"profile", "tool"}}, nil, []spec.Path{work, grant(spec.Allow, home)}, false, nil, "--profile tool"},
		{"reading is not writing", []Want{{"profile", "tool"}}, nil, []spec.Path{work, grant(spec.Read, home)}, true, nil, "--profile tool"},
		{"no project", []Want{{"profile", "tool"}}, nil, nil, false, nil, "--profile tool --allow ."},
		{"blocked", nil, []string{"rm", "cp"}, []spec.Path{work}, false, nil, "--profile build"},
		{"one that build has not", nil, []string{"rm", "rsync"}, []spec.Path{work}, false, nil, "--profile build --allow-command rsync"},
		{"a profile that nobody has", []Want{{"profile", "none"}}, nil, []spec.Path{work}, false, nil, ""},
		{"a flag", []Want{{"allow-rmdir", ""}}, nil, []spec.Path{work}, false, nil, "--allow-rmdir"},
		{"a flag that is given", []Want{{"allow-rmdir", ""}}, nil, []spec.Path{work}, true, nil, ""},
	} {
		s := &spec.Spec{Paths: c.paths}
		s.Rmdir = c.rmdir
		got := Wants{Command: "x", Flags: c.flags, Blocked: c.blocked}.Missing(Have{Spec: s, Profiles: c.profiles, Load: load, Dir: "/p",
			Lifted: func(string) bool { return false }})
		var flags []string
		for _, w := range got {
			flags = append(flags, w.String())
		}
		if strings.Join(flags, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, flags, c.want)
		}
	}
}
