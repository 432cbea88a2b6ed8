package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
)

const root = "../.."

// What is committed must be what the tables say.
func TestGeneratedFilesAreUpToDate(t *testing.T) {
	files, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Error(err)
		} else if string(got) != want {
			t.Errorf("%s differs from the tables of flags: run make generate", name)
		}
	}
}

func long(f cli.Flag) string     { return "--" + f.Name }
func fishLong(f cli.Flag) string { return " -l " + f.Name }
func manLong(f cli.Flag) string  { return "Fl Fl " + f.Name }

// Every flag must be in every place that people find it in. The places are
// read, not generated, so that a fault of the generator shows.
func TestEveryFlagIsEverywhere(t *testing.T) {
	for _, tc := range []struct {
		table []cli.Flag
		file  string
		word  func(cli.Flag) string
	}{
		{runFlags(), "packaging/man/nono-run.1", manLong},
		{whyFlags(), "packaging/man/nono-why.1", manLong},
		{learnFlags(), "packaging/man/nono-learn.1", manLong},
		{learnFlags(), "shell/completions/nono.bash", long},
		{learnFlags(), "shell/completions/_nono", long},
		{learnFlags(), "shell/completions/nono.fish", fishLong},
		{runFlags(), "shell/completions/nono.bash", long},
		{runFlags(), "shell/completions/_nono", long},
		{runFlags(), "shell/completions/nono.fish", fishLong},
		{whyFlags(), "shell/completions/nono.bash", long},
		{whyFlags(), "shell/completions/_nono", long},
		{whyFlags(), "shell/completions/nono.fish", fishLong},
		{runFlags(), "shell/nono.bash", long},
		{runFlags(), "shell/nono.zsh", long},
		{runFlags(), "shell/nono.fish", long},
	} {
		text := readFile(t, tc.file)
		for _, f := range tc.table {
			if !regexp.MustCompile(regexp.QuoteMeta(tc.word(f)) + `([^a-z-]|$)`).MatchString(text) {
				t.Errorf("%s has no --%s", tc.file, f.Name)
			}
		}
	}
}

// nono-spec(5) is written by hand; its list of directives is held here.
func TestSpecPageHasEveryDirective(t *testing.T) {
	page := readFile(t, "packaging/man/nono-spec.5")
	words := []string{"keep-fd", "port", "supervise", "host", "deny-host", "listen", "until", "ask", "unasked", "ends"}
	for _, w := range spec.SwitchTable {
		words = append(words, w.Word)
	}
	for k := spec.Read; k <= spec.DenyWrite; k++ {
		words = append(words, k.String())
	}
	for _, trap := range spec.Traps {
		if !strings.Contains(page, "\n.Cm "+trap.String()+"\n") {
			t.Errorf("nono-spec(5) does not name the group %q", trap)
		}
	}
	for _, w := range words {
		if !strings.Contains(page, ".It Ic "+w+"\n") && !strings.Contains(page, ".It Ic "+w+" Ar ") {
			t.Errorf("nono-spec(5) does not describe %q", w)
		}
	}
	for line := range strings.SplitSeq(page, "\n") {
		if rest, ok := strings.CutPrefix(line, ".It Ic "); ok {
			name, _, _ := strings.Cut(rest, " ")
			if !contains(words, name) {
				t.Errorf("nono-spec(5) describes %q, which does not exist", name)
			}
		}
	}
	// Its example must be one.
	_, rest, _ := strings.Cut(page, ".Bd -literal -offset indent\n")
	doc, _, ok := strings.Cut(rest, ".Ed\n")
	if _, err := document.Parse([]byte(doc)); !ok || err != nil {
		t.Errorf("the example in nono-spec(5) is no spec: %v", err)
	}
}

// A profile's words that are no flags are constants of core/profile.
func TestProfilePageHasEveryDirective(t *testing.T) {
	page := readFile(t, "packaging/man/nono-profile.5")
	words := regexp.MustCompile(`\tword\w+ += "(.+)"`).FindAllStringSubmatch(readFile(t, "core/profile/profile.go"), -1)
	if len(words) < 4 {
		t.Fatalf("core/profile spells its directives in another way: %v", words)
	}
	for _, w := range words {
		if strings.Count(page, ".It Ic "+w[1]+" Ar ") != 1 {
			t.Errorf("nono-profile(5) does not describe %q once", w[1])
		}
	}
}

func TestManPagesRenderWithoutWarnings(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(root, "packaging/man/*.[1-9]"))
	if err != nil || len(pages) < 11 {
		t.Fatalf("eleven man pages or more are wanted, not %v (%v)", pages, err)
	}
	for _, tool := range [][]string{
		{"mandoc", "-T", "lint", "-W", "warning"},
		{"groff", "-mandoc", "-Tutf8", "-ww", "-z"},
	} {
		t.Run(tool[0], func(t *testing.T) {
			if _, err := exec.LookPath(tool[0]); err != nil {
				t.Skip(tool[0] + " is not installed, so the man pages were not checked with it")
			}
			for _, p := range pages {
				cmd := exec.Command(tool[0], append(tool[1:], p)...)
				cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
				if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
					t.Errorf("%s: %v\n%s", p, err, out)
				}
			}
		})
	}
}

// Cross-references must lead somewhere.
func TestManPagesReferToOneAnother(t *testing.T) {
	pages, _ := filepath.Glob(filepath.Join(root, "packaging/man/*.[1-9]"))
	for _, p := range pages {
		for line := range strings.SplitSeq(readPath(t, p), "\n") {
			f := strings.Fields(line)
			if len(f) < 3 || f[0] != ".Xr" || !strings.HasPrefix(f[1], "nono") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, "packaging/man", f[1]+"."+f[2])); err != nil {
				t.Errorf("%s refers to a page that is not there: %v", p, err)
			}
		}
	}
}

// A shell reads its files without complaint.
func TestShellsParseTheFiles(t *testing.T) {
	for _, tc := range [][]string{
		{"bash", "-n", "shell/nono.bash", "shell/completions/nono.bash", "shell/inside/bashrc"},
		{"zsh", "-n", "shell/nono.zsh", "shell/completions/_nono", "shell/inside/.zshrc", "shell/inside/.zshenv"},
		{"fish", "-n", "shell/nono.fish", "shell/completions/nono.fish", "shell/inside/config.fish"},
	} {
		for _, file := range tc[2:] {
			t.Run(tc[0]+"/"+filepath.Base(file), func(t *testing.T) {
				if _, err := exec.LookPath(tc[0]); err != nil {
					t.Skip(tc[0] + " is not installed")
				}
				if out, err := exec.Command(tc[0], tc[1], filepath.Join(root, file)).CombinedOutput(); err != nil || len(out) > 0 {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
	t.Run("shellcheck", func(t *testing.T) {
		if _, err := exec.LookPath("shellcheck"); err != nil {
			t.Skip("shellcheck is not installed")
		}
		for _, file := range []string{"nono.bash", "completions/nono.bash", "inside/bashrc"} {
			cmd := exec.Command("shellcheck", "-x", "-s", "bash", file)
			cmd.Dir = filepath.Join(root, "shell")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s", out)
			}
		}
	})
}

// What bash has only from 4 on must not creep in: macOS has 3.2.
func TestBashFilesKeepToOldBash(t *testing.T) {
	for _, file := range []string{"shell/nono.bash", "shell/completions/nono.bash", "shell/inside/bashrc"} {
		for n, line := range strings.Split(readFile(t, file), "\n") {
			for _, new := range []string{"declare -A", "local -A", "mapfile", "readarray", "${1,,}", "${1^^}", ",,}", "^^}", "|&", "&>>",
				"local -n", "declare -n", "coproc", ";;&", ";&", "[-1]", "@Q}", "printf '%(", "$EPOCH", "shopt -s globstar"} {
				if strings.Contains(line, new) && !strings.HasPrefix(strings.TrimSpace(line), "#") {
					t.Errorf("%s:%d: %q is not in bash 3.2", file, n+1, new)
				}
			}
			if strings.Contains(line, "compopt") && !strings.Contains(line, "2>/dev/null") && !strings.HasPrefix(line, "#") {
				t.Errorf("%s:%d: compopt is not in bash 3.2, and its failure must be quiet", file, n+1)
			}
		}
	}
}

func readFile(t *testing.T, name string) string { return readPath(t, filepath.Join(root, name)) }

func readPath(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// Subcommands, their verbs and flags are those of the programs' usage, and none is missing.
func TestSubcommandsAreThoseOfTheUsage(t *testing.T) {
	usage := readPath(t, filepath.Join(root, "nono/subcommand.go"))
	known := map[string]bool{}
	for _, s := range allSubs() {
		known[s.name] = true
	}
	for _, m := range regexp.MustCompile(`(?m)^\t\{"([a-z]+)", "`).FindAllStringSubmatch(usage, -1) {
		if !known[m[1]] {
			t.Errorf("nono %s is not completed", m[1])
		}
		delete(known, m[1])
	}
	for name := range known {
		t.Errorf("there is no nono %s", name)
	}
	text := ""
	for _, file := range []string{"nono-policy/run.go", "nono-audit/run.go", "nono-ask/run.go", "nono-ephemeral/run_linux.go"} {
		text += readPath(t, filepath.Join(root, file))
	}
	for _, s := range subs {
		known := map[string]bool{}
		for _, v := range s.verbs {
			known[v.name] = true
			if !regexp.MustCompile("nono " + s.name + " " + v.name + `\b`).MatchString(text) {
				t.Errorf("the usage does not have nono %s %s", s.name, v.name)
			}
		}
		for _, m := range regexp.MustCompile(`(?m)^(?:usage: |       )nono `+s.name+` ([a-z]+)\b`).FindAllStringSubmatch(text, -1) {
			if !known[m[1]] {
				t.Errorf("nono %s %s is not completed", s.name, m[1])
			}
		}
		flags := s.flags
		for _, v := range s.verbs {
			flags += " " + v.flags
		}
		for _, f := range strings.Fields(flags) {
			if !regexp.MustCompile(`nono ` + s.name + ` [^\n]*(?:\n {20,}[^\n]*)*` + f).MatchString(strings.ReplaceAll(text, "nono diff   ", "nono diff")) {
				t.Errorf("the usage of nono %s does not have %s", s.name, f)
			}
		}
	}
}
