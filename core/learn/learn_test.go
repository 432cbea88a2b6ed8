package learn

import (
	"fmt"
	"math/rand"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/spec"
)

const all = carve.OfFiles | carve.List | carve.Create | carve.RemoveDir

// shut are the protected paths of the ground that tests stand on.
var shut = []string{"/home/u/.ssh", "/home/u/.bashrc", "/home/u/.config/gh", "/home/u/.local/bin", "/etc/shadow", "/opt/deep/er/secret"}

// ground is a machine with a home, on which everything exists.
func ground() *Ground {
	return &Ground{
		Home: "/home/u", Workdir: "/home/u/p", Homes: []string{"/home/v", "/srv/w"}, UID: "1000",
		Temp: []string{"/tmp/nono-1000"}, Public: []string{"/tmp", "/var/tmp"},
		Variables: []Variable{{"XDG_DATA_HOME", "/home/u/.local/share"}, {"XDG_CONFIG_HOME", "/home/u/.config"}, {"XDG_CACHE_HOME", "/home/u/.cache"}},
		Caches:    []string{"/home/u/.npm", "/home/u/.cache/tool"},
		Given: func(path string) carve.Rights {
			if spec.Within(path, "/usr") {
				return carve.ReadFile | carve.Execute | carve.List
			}
			return 0
		},
		Open: func(path string) carve.Rights {
			if slices.ContainsFunc(shut, func(s string) bool { return spec.Within(path, s) }) {
				return 0
			}
			return all
		},
		Closed: func(dir string) carve.Rights {
			if slices.ContainsFunc(shut, func(s string) bool { return spec.Within(s, dir) }) {
				return all
			}
			return 0
		},
		Why:     func(string) string { return "a secret" },
		Command: func(file string) string { return map[string]string{"/usr/bin/rm": "rm"}[file] },
		Exists:  func(string) bool { return true },
	}
}

func use(op Op, paths ...string) []Use {
	var uses []Use
	for _, p := range paths {
		dir := strings.HasSuffix(p, "/")
		if p != "/" {
			p = strings.TrimSuffix(p, "/")
		}
		uses = append(uses, Use{Op: op, Path: Text(p), Dir: dir, Times: 1})
	}
	return uses
}

// lines are the directives of a profile, without the reasons.
func lines(p *Profile, g *Ground) (given, asked []string) {
	for _, l := range p.Lines {
		given = append(given, l.spelled(g))
	}
	for _, l := range p.Asked {
		asked = append(asked, strings.TrimSpace(l.spelled(g)+" "+l.Why))
	}
	return given, asked
}

func names(dir string, n int) []string {
	var out []string
	for i := range n {
		out = append(out, dir+"/f"+strconv.Itoa(i))
	}
	return out
}

// What a run used becomes these lines, and nothing wider.
func TestMake(t *testing.T) {
	for _, c := range []struct {
		name  string
		uses  []Use
		given []string
		asked string // what must be among what is not granted
	}{
		{"nothing", nil, nil, ""},
		{"what the system gives", use(Read, "/usr/lib/x", "/usr/share/"), nil, ""},
		{"the private temp", use(Create, "/tmp/nono-1000/x/y"), nil, ""},
		{"working directory read", use(Read, "/home/u/p/a", "/home/u/p/b/c"), []string{"workdir read"}, ""},
		{"working directory written", slices.Concat(use(Read, "/home/u/p/a"), use(Create, "/home/u/p/b")), []string{"workdir readwrite"}, ""},
		{"one file", use(Read, "/home/u/.toolrc"), []string{"read-file ~/.toolrc"}, ""},
		{"one file written", slices.Concat(use(Read, "/home/u/.toolrc"), use(Write, "/home/u/.toolrc")), []string{"allow-file ~/.toolrc"}, ""},
		{"a program", use(Execute, "/home/u/go/bin/x"), []string{"read-file ~/go/bin/x"}, ""},
		{"many files", use(Read, names("/opt/tool/lib", 40)...), []string{"read /opt/tool/lib"}, ""},
		{"a cache", use(Create, names("/home/u/.npm/_cacache/x/y", 4000)...), []string{"write ~/.npm"}, ""},
		{"a cache in its place", slices.Concat(use(Create, "/home/u/.cache/tool/a/b"), use(Read, "/home/u/.cache/tool/a/b")), []string{"allow $XDG_CACHE_HOME/tool"}, ""},
		{"node_modules", use(Read, "/home/u/w/node_modules/a/x.js", "/home/u/w/node_modules/b/node_modules/c/y.js"), []string{"read ~/w/node_modules"}, ""},
		{"temporary names", slices.Concat(use(Create, "/opt/state/run-1f8e9c02/x"), use(Create, "/opt/state/run-77ab01de/x")), []string{"write /opt/state"}, ""},
		{"all of the home", use(Read, names("/home/u", 60)...), nil, "too many lines"},
		{"the home's own names", use(Create, "/home/u/.new"), []string{"allow-file ~/.new"}, ""},
		{"the home listed", use(Read, "/home/u/"), nil, "the names in ~, which has something protected in it"},
		{"the home of others", use(Create, "/srv/w/x", "/home/v/x"), []string{"allow-file /home/v/x", "allow-file /srv/w/x"}, ""},
		{"the root", use(Read, "/"), nil, "the names in /"},
		{"above what is protected", use(Create, "/opt/deep/er/x1", "/opt/deep/er/x2", "/opt/deep/er/x3", "/opt/deep/er/x4", "/opt/deep/er/x5"),
			[]string{"allow-file /opt/deep/er/x1", "allow-file /opt/deep/er/x2", "allow-file /opt/deep/er/x3", "allow-file /opt/deep/er/x4", "allow-file /opt/deep/er/x5"}, ""},
		{"a secret", use(Read, "/home/u/.ssh/id", "/etc/shadow"), nil, "read-file ~/.ssh/id a secret: read 1 time"},
		{"a directory in the home", slices.Concat(use(Mkdir, "/home/u/.tool"), use(Create, "/home/u/.tool/x")), []string{"create ~/.tool", "temp ~/.tool"}, ""},
		{"a blocked command", use(Execute, "/usr/bin/rm"), nil, "allow-command rm a blocked command"},
		{"directories removed", use(Rmdir, "/home/u/p/old/"), []string{"workdir readwrite", "allow-rmdir"}, ""},
		{"directories removed elsewhere", use(Rmdir, "/opt/x/old/"), []string{"temp /opt/x"}, ""},
		{"a fixed name in /tmp", use(Mkdir, "/tmp/locks-1000"), []string{"create /tmp/locks-$UID", "temp /tmp/locks-$UID"}, ""},
		{"a made up name in /tmp", use(Create, "/tmp/cc8Xk2Lq.s", "/tmp/tmp.Xa81bQpQ"), nil, "a temporary name in /tmp"},
		{"a newline", use(Read, "/opt/a\nallow /\nb"), nil, `read-file "/opt/a\nallow /\nb" a profile cannot`},
		{"no UTF-8", use(Read, "/opt/caf\xe9"), nil, `"/opt/caf\xe9"`},
		{"a variable's name", use(Read, "/opt/$HOME/x", "/opt/$y"), []string{"read-file /opt/$y"}, `a profile cannot have this name`},
		{"quotes and comments", use(Read, `/opt/a "b" # c`, "/opt/~", "/opt/#x"), []string{`read-file "/opt/#x"`, `read-file "/opt/a \"b\" # c"`, "read-file /opt/~"}, ""},
		{"a directive's name", use(Read, "/home/u/allow /home/u"), []string{`read-file "~/allow /home/u"`}, ""},
		{"no path", use(Read, "", "relative", "/opt/../etc", "/opt//x", "/opt/./x", "/opt/a\x00b"), nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := ground()
			p := Make(&Recording{Uses: c.uses, Network: true}, g)
			given, asked := lines(p, g)
			if c.name == "all of the home" {
				if len(given) > Most || slices.Contains(given, "read ~") {
					t.Errorf("%d lines: %q", len(given), given)
				}
			} else if !slices.Equal(given, c.given) {
				t.Errorf("the lines are %q", given)
			}
			if all := strings.Join(asked, "\n"); !strings.Contains(all, c.asked) || c.asked == "" && all != "" {
				t.Errorf("not granted:\n%s", all)
			}
		})
	}
}

// A profile that comes with nono is used where it gives something, and what it gives
// is not said a second time.
func TestProfiles(t *testing.T) {
	g := ground()
	g.Profiles = []Candidate{
		{Name: "other", Gives: func(string) carve.Rights { return 0 }},
		{Name: "node", Rmdir: true, Gives: func(path string) carve.Rights {
			if spec.Within(path, "/home/u/.npm") {
				return all
			}
			return 0
		}},
	}
	p := Make(&Recording{Uses: slices.Concat(use(Create, "/home/u/.npm/x"), use(Rmdir, "/home/u/p/d/"), use(Read, "/home/u/x"))}, g)
	given, _ := lines(p, g)
	if want := []string{"profile node", "workdir readwrite", "read-file ~/x", "net-block"}; !slices.Equal(given, want) {
		t.Errorf("the lines are %q", given)
	}
}

// What the command's own profile gives is neither a line nor asked for, though it is
// protected from other commands; what another profile gives of that is asked for.
func TestOwnProfile(t *testing.T) {
	ssh := func(path string) carve.Rights {
		if spec.Within(path, "/home/u/.ssh") {
			return all
		}
		return 0
	}
	for own, want := range map[bool]int{true: 0, false: 1} {
		g := ground()
		g.Profiles = []Candidate{{Name: "keys", Gives: ssh, Certain: own}}
		p := Make(&Recording{Uses: use(Read, "/home/u/.ssh/id", "/home/u/p/x")}, g)
		if len(p.Asked) != want || slices.ContainsFunc(p.Lines, func(l Line) bool { return l.Path != "" || l.Word == "profile" && !own }) {
			t.Errorf("own %v: %v, asked for %v", own, p.Lines, p.Asked)
		}
	}
}

// Directories that the run made and took away again are its own; one that stays, or
// was there before, the next run may have to remove.
func TestRemovals(t *testing.T) {
	gone := func(string) bool { return false }
	for _, c := range []struct {
		uses   []Use
		exists func(string) bool
		want   string
	}{
		{slices.Concat(use(Mkdir, "/home/u/p/t"), use(Rmdir, "/home/u/p/t/")), gone, "allow-rmdir-own"},
		{slices.Concat(use(Mkdir, "/home/u/p/t"), use(Rmdir, "/home/u/p/t/a/")), gone, "allow-rmdir-own"},
		{slices.Concat(use(Mkdir, "/home/u/p/t"), use(Rmdir, "/home/u/p/t/")), nil, "allow-rmdir"},
		{use(Rmdir, "/home/u/p/t/"), gone, "allow-rmdir"},
		{slices.Concat(use(Mkdir, "/home/u/p/t"), use(Rmdir, "/home/u/p/u/")), gone, "allow-rmdir"},
	} {
		g := ground()
		if c.exists != nil {
			g.Exists = c.exists
		}
		given, _ := lines(Make(&Recording{Uses: c.uses, Network: true}, g), g)
		if given[len(given)-1] != c.want {
			t.Errorf("%v: %q", c.uses, given)
		}
	}
}

func TestSocketsAndNetwork(t *testing.T) {
	g := ground()
	p := Make(&Recording{Uses: use(Read, "/home/u/x"), Sockets: []Socket{
		{Address: "unix:/home/u/p/s", Made: true}, {Address: "unix:/home/u/p/s"}, {Address: "unix:/run/docker.sock", Times: 2}, {Address: "192.0.2.1:443"}}}, g)
	given, asked := lines(p, g)
	if want := []string{"read-file ~/x", "inner-sockets", "net-block"}; !slices.Equal(given, want) {
		t.Errorf("the lines are %q", given)
	}
	if len(asked) != 1 || !strings.HasPrefix(asked[0], "unix-socket /run/docker.sock a way out") {
		t.Errorf("not granted: %q", asked)
	}
}

func TestText(t *testing.T) {
	for _, s := range []Text{"", "/x", "caf\xe9", `"quoted"`, "a\nb", "\xff"} {
		data, err := s.MarshalJSON()
		var back Text
		if err != nil || back.UnmarshalJSON(data) != nil || back != s {
			t.Errorf("%q became %q", s, back)
		}
	}
}

// wrong says what is wrong with a profile, whatever was recorded: "" for nothing.
func wrong(p *Profile, g *Ground) string {
	if len(p.Lines) > Most || len(p.Asked) > mostAsked+1 {
		return fmt.Sprintf("%d lines, %d not granted", len(p.Lines), len(p.Asked))
	}
	for _, l := range p.Lines {
		path := l.Path
		if path == "" {
			continue
		}
		file := strings.HasSuffix(l.Word, "-file")
		switch {
		case path == "/", spec.Within(g.Home, path), spec.Within("/home/v", path), spec.Within("/srv/w", path):
			return l.Word + " " + path + " is a home, or above one"
		case g.Open(path) == 0:
			return path + " is protected"
		case !file && g.Closed(path) != 0:
			return path + " has something protected beneath"
		case g.spell(path) == "":
			return path + " cannot be written"
		}
	}
	for n, line := range strings.Split(p.Text("x: learned", g), "\n") {
		if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return fmt.Sprintf("line %d has a control character: %q", n, line)
		}
		word, _, _ := strings.Cut(line, " ")
		switch word {
		case "", "#", "workdir", "create", "allow", "read", "write", "temp", "allow-file", "read-file", "write-file",
			"allow-rmdir", "allow-rmdir-own", "allow-command", "net-block", "inner-sockets", "profile":
		default:
			return fmt.Sprintf("line %d is none: %q", n, line)
		}
	}
	return ""
}

// Whatever a command touches, the profile grants no home, nothing protected and no
// directory with something protected beneath, and is no longer than it may be.
func TestRandom(t *testing.T) {
	parts := []string{"home", "u", "v", "srv", "w", ".ssh", "id", ".config", "gh", "x", "opt", "deep", "er", "secret", "tmp", "var", "etc", "shadow", "p",
		"node_modules", ".npm", "a b", "$HOME", "~", "#", "q\"q", "n\nn", "\xff", "allow /", "tmp.aB3dE5", "1f8e9c02d3", ".bashrc", "bin", ".local", "share", strings.Repeat("y", 255)}
	ops := []Op{Read, Execute, Write, Create, Remove, Mkdir, Rmdir, "odd"}
	starts := []string{"/home/u", "/home", "", "/opt/deep", "/home/u/p", "/tmp", "/home/u/.config"}
	for seed := range int64(3000) {
		r := rand.New(rand.NewSource(seed))
		var uses []Use
		for range 1 + r.Intn(1<<uint(r.Intn(9))) {
			path := starts[r.Intn(len(starts))]
			for range r.Intn(5) {
				path += "/" + parts[r.Intn(len(parts))]
			}
			uses = append(uses, Use{Op: ops[r.Intn(len(ops))], Path: Text(path), Dir: r.Intn(3) == 0, Times: r.Intn(5)})
		}
		g := ground()
		exists := r.Intn(4)
		g.Exists = func(path string) bool { return exists == 0 || (len(path)+exists)%3 != 0 }
		if r.Intn(3) == 0 {
			g.Workdir = []string{"/home/u", "/", "/home", "/opt/deep"}[r.Intn(4)]
		}
		if why := wrong(Make(&Recording{Uses: uses}, g), g); why != "" {
			t.Fatalf("seed %d: %s", seed, why)
		}
	}
}

func FuzzPaths(f *testing.F) {
	f.Add("/home/u/.ssh/id\x00/home/u\x00/tmp/x", uint8(0))
	f.Add("/home/u/a\nallow /\x00/opt/deep/er/x\x00/opt/deep/er/secret", uint8(3))
	f.Fuzz(func(t *testing.T, text string, op uint8) {
		ops := []Op{Read, Execute, Write, Create, Remove, Mkdir, Rmdir}
		var uses []Use
		for n, path := range strings.Split(text, "\x00") {
			uses = append(uses, Use{Op: ops[(int(op)+n)%len(ops)], Path: Text(path), Dir: n%2 == 0, Times: 1})
		}
		g := ground()
		if why := wrong(Make(&Recording{Uses: uses}, g), g); why != "" {
			t.Error(why)
		}
	})
}

// Thousands of files in as many directories take no longer than a person waits.
func TestMany(t *testing.T) {
	var uses []Use
	for i := range 50_000 {
		uses = append(uses, use(Create, fmt.Sprintf("/opt/data/%d/%d/x", i%300, i))...)
	}
	g := ground()
	given, _ := lines(Make(&Recording{Uses: uses, Network: true}, g), g)
	if !slices.Equal(given, []string{"write /opt/data"}) {
		t.Errorf("the lines are %q", given)
	}
}
