package learn

import (
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
