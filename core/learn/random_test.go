package learn

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

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
