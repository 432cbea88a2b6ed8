package daily

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// A workflow is one thing that a developer does, as testdata/workflows says it.
type workflow struct {
	name       string
	need       []string // programs
	setup, run string   // of a shell; run is one command line
	profile    string   // the flags that are told in the documentation
	network    bool     // it fetches something
	impossible string   // why it cannot work inside
	quick      bool     // it takes a moment and what every machine has
}

// readWorkflows reads the file: blocks of "field: text", in which a line that
// begins with a tab goes on with the field above, set apart by empty lines.
func readWorkflows(t *testing.T, file string) []workflow {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []workflow
	for block := range strings.SplitSeq(strings.ReplaceAll(string(text), "\n\t", "\x00"), "\n\n") {
		var w workflow
		for line := range strings.SplitSeq(strings.TrimSpace(block), "\n") {
			field, value, ok := strings.Cut(line, ":")
			value = strings.TrimSpace(strings.ReplaceAll(value, "\x00", "\n"))
			switch {
			case line == "" || line[0] == '#':
			case !ok:
				t.Fatalf("%s: %q is no field", file, line)
			case field == "name":
				w.name = value
			case field == "need":
				w.need = strings.Fields(value)
			case field == "setup":
				w.setup = value
			case field == "run":
				w.run = value
			case field == "profile":
				w.profile = value
			case field == "impossible":
				w.impossible = value
			case field == "network":
				w.network = true
			case field == "quick":
				w.quick = true
			default:
				t.Fatalf("%s: there is no field %q", file, field)
			}
		}
		if w.name != "" {
			all = append(all, w)
		}
	}
	return all
}

// hinted are the flags in nono's hint, as they are printed.
var hinted = regexp.MustCompile(`(?m)^nono: hint: (?:.*?add )?((?:(?:^| )?(?:--allow-(?:rmdir|unix-sockets|ipc)|--private-shm|--[a-z-]+ [^ \n]+))+)`)

// An outcome is how a workflow ended in one of the four ways.
type outcome struct {
	ok   bool
	text string
}

// longest is how long one way of a workflow may take: a machine with much else to do
// takes minutes for Gradle.
const longest = 20 * time.Minute

// prepare runs the workflow's setup in a home and a project of its own, outside, and keeps
// what it made: each way begins with the same, at the same place.
func (w *workflow) prepare(p *person) outcome {
	p.t.Helper()
	p.dir("home/project")
	if w.setup == "" {
		return outcome{ok: true}
	}
	if made := p.shell(w.setup); !made.ok {
		return made
	}
	out, err := p.u.Command("cp", "-a", filepath.Join(p.home, "home"), filepath.Join(p.home, "kept")).CombinedOutput()
	return outcome{err == nil, string(out)}
}

// try runs the workflow; with is what stands before its command.
func (w *workflow) try(p *person, with string) outcome {
	p.t.Helper()
	ran := p.shell(with + w.run)
	home := filepath.Join(p.home, "home")
	if err := os.RemoveAll(home); err != nil {
		p.t.Fatal(err)
	}
	if w.setup == "" {
		p.dir("home/project")
	} else if out, err := p.u.Command("cp", "-a", filepath.Join(p.home, "kept"), home).CombinedOutput(); err != nil {
		p.t.Fatalf("%v: %s", err, out)
	}
	return ran
}

// shell runs a script in the project of a workflow's home. What it leaves in the
// background, with the output open, is not waited for.
func (p *person) shell(script string) outcome {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), longest)
	defer cancel()
	cmd := p.u.Command("/bin/sh", "-c", script)
	bounded := exec.CommandContext(ctx, cmd.Path, cmd.Args[1:]...)
	home := filepath.Join(p.home, "home")
	bounded.SysProcAttr, bounded.Dir, bounded.WaitDelay = cmd.SysProcAttr, filepath.Join(home, "project"), 10*time.Second
	bounded.Env = append([]string{"HOME=" + home, "USER=daily", "LOGNAME=daily"}, p.env[1:]...)
	out, err := bounded.CombinedOutput()
	return outcome{err == nil, string(out)}
}

// One row of the table for each workflow: outside, with --allow . alone, with the
// flags of the hint, with the profile. Who fails bare is told flags that make it
// work, in one line, or is known to be impossible.
func TestWorkflows(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	all := readWorkflows(t, "testdata/workflows")
	s := suite.Build(t, suite.Newest)
	var n struct{ outside, bare, hint, profile, impossible, skipped int }
	var table strings.Builder
	fmt.Fprintf(&table, "%-44s %-8s %-5s %-5s %-8s %s\n", "workflow", "outside", "bare", "hint", "profile", "flags")
	for _, w := range all {
		if !w.quick && !suite.Long() {
			continue
		}
		t.Run(strings.ReplaceAll(w.name, " ", "-"), func(t *testing.T) {
			for _, name := range w.need {
				if _, err := exec.LookPath(name); err != nil {
					n.skipped++
					t.Skip(name + " is not installed, so it was not tried")
				}
			}
			ordinary(t, s, func(p *person) {
				outside := w.prepare(p)
				if outside.ok {
					outside = w.try(p, "")
				}
				if !outside.ok {
					n.skipped++
					t.Skipf("it does not work outside:\n%s", last(outside.text))
				}
				n.outside++
				mark := map[bool]string{true: "yes", false: "no"}
				bare := w.try(p, "nono run --allow . -- ")
				flags := ""
				if m := hinted.FindStringSubmatch(bare.text); m != nil {
					flags = m[1]
				}
				hint, profile := bare, bare
				if flags != "" {
					hint = w.try(p, "nono run --allow . "+flags+" -- ")
				}
				if w.profile != "" && w.profile != flags {
					profile = w.try(p, "nono run --allow . "+w.profile+" -- ")
				} else {
					profile = hint
				}
				count(&n.bare, bare.ok)
				count(&n.hint, hint.ok)
				count(&n.profile, profile.ok)
				fmt.Fprintf(&table, "%-44s %-8s %-5s %-5s %-8s %s\n", w.name, "yes", mark[bare.ok], mark[hint.ok], mark[profile.ok], flags+w.impossible)
				switch {
				case w.impossible != "":
					n.impossible++
					if hint.ok && profile.ok {
						t.Errorf("it works, and is said to be impossible: %s", w.impossible)
					}
				case !bare.ok && flags == "":
					t.Errorf("it fails without a hint:\n%s", last(bare.text))
				case !hint.ok:
					t.Errorf("it fails with what is hinted, %s:\n%s", flags, last(hint.text))
				case !profile.ok:
					t.Errorf("it fails with %s:\n%s", w.profile, last(profile.text))
				}
			})
		})
	}
	t.Logf("\n%s\n%d workflows work outside; %d of them bare, %d with the hint's flags, %d with the profile; %d impossible, %d not tried",
		table.String(), n.outside, n.bare, n.hint, n.profile, n.impossible, n.skipped)
}

func count(n *int, ok bool) {
	if ok {
		*n++
	}
}

// last is the end of a long text.
func last(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}

// ordinary runs f as an ordinary user, whoever runs the test: root hides mistakes.
func ordinary(t *testing.T, s suite.Suite, f func(p *person)) {
	t.Helper()
	dir, err := os.MkdirTemp("/var/tmp", "nono-daily-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	u := testenv.Ordinary()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	u.Own(t, dir)
	p := &person{t: t, u: u, s: s, home: dir, project: filepath.Join(dir, "project")}
	p.env = []string{"HOME=", "PATH=" + s.Dir + ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/usr/lib/go/bin:/usr/local/go/bin", "LC_ALL=C.UTF-8", "TERM=xterm", "CI=1"}
	f(p)
}
