// Package learn holds nono learn to what it promises: that the profile it makes, used
// alone, runs the same work, and grants nothing that is protected.
package learn

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// A person has a home with secrets in it, and a project.
type person struct {
	t       *testing.T
	s       suite.Suite
	u       testenv.User
	home    string
	project string
	env     []string // besides
}

func newPerson(t *testing.T, u testenv.User) *person {
	t.Helper()
	p := &person{t: t, s: suite.Build(t, suite.Newest), u: u}
	p.fresh()
	return p
}

// fresh gives the person another home and project, with nothing in them but secrets
// and the profiles that were saved.
func (p *person) fresh() {
	p.t.Helper()
	old := p.home
	p.home, p.project = p.u.Dir(p.t), ""
	p.project = filepath.Join(p.home, "project")
	for _, dir := range []string{".ssh", ".aws", ".config/gh", ".cache", ".config/nono/profiles", ".local/share", "project"} {
		must(p.t, os.MkdirAll(filepath.Join(p.home, dir), 0o700))
	}
	for file, text := range map[string]string{".ssh/id_rsa": "SECRET", ".aws/credentials": "SECRET", ".config/gh/hosts.yml": "SECRET", ".bashrc": "SECRET"} {
		must(p.t, os.WriteFile(filepath.Join(p.home, file), []byte(text), 0o600))
	}
	if old != "" {
		must(p.t, os.CopyFS(filepath.Join(p.home, ".config/nono/profiles"), os.DirFS(filepath.Join(old, ".config/nono/profiles"))))
		for _, f := range p.profiles() {
			must(p.t, os.Chmod(f, 0o600))
		}
	}
	must(p.t, exec.Command("chown", "-R", "--reference", p.home, p.home).Run())
}

func (p *person) profiles() []string {
	files, err := filepath.Glob(filepath.Join(p.home, ".config/nono/profiles/*"))
	must(p.t, err)
	return files
}

// run runs one of nono's programs and returns what it wrote and its exit status.
func (p *person) run(name string, words ...string) (stdout, stderr string, status int) {
	p.t.Helper()
	return p.start(p.s.Path(name), words...)
}

func (p *person) start(program string, words ...string) (stdout, stderr string, status int) {
	p.t.Helper()
	cmd := p.u.Command(program, words...)
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	cmd.Dir = p.project
	cmd.Env = append([]string{"PATH=" + path(), "HOME=" + p.home, "TMPDIR=/tmp", "LC_ALL=C.UTF-8"}, p.env...)
	if e := cmd.Run(); e != nil && cmd.ProcessState == nil {
		p.t.Fatal(e)
	}
	return out.String(), err.String(), cmd.ProcessState.ExitCode()
}

// path has the places of the programs that the tests learn from.
func path() string {
	dirs := []string{"/usr/local/bin", "/usr/bin", "/bin"}
	for _, tool := range []string{"go", "cargo"} {
		if at, err := exec.LookPath(tool); err == nil {
			dirs = append(dirs, filepath.Dir(at))
		}
	}
	return strings.Join(dirs, ":")
}

// shell runs a script in the project, without nono.
func (p *person) shell(script string) {
	p.t.Helper()
	if out, stderr, status := p.start("/bin/sh", "-ec", script); status != 0 {
		p.t.Fatalf("cannot prepare: %d\n%s%s", status, out, stderr)
	}
}

// profile is the text of a saved profile, without its comments, a line each.
func (p *person) profile(name string) (lines []string, text string) {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.home, ".config/nono/profiles", name+".profile"))
	must(p.t, err)
	for line := range strings.SplitSeq(string(data), "\n") {
		if line, _, _ = strings.Cut(line, "  #"); line != "" && line[0] != '#' {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines, string(data)
}

// refuses asks nono why, with the profile, whether all of the questions are refused: an
// operation and a path each.
func (p *person) refuses(name string, questions ...string) {
	p.t.Helper()
	script := `printf '%s\n' "$@" | "$WHY" --profile "$NAME" --allow-cwd --batch`
	p.env = append(p.env, "WHY="+p.s.Path("nono-why"), "NAME="+name)
	defer func() { p.env = p.env[:len(p.env)-2] }()
	out, stderr, _ := p.start("/bin/sh", append([]string{"-c", script, "sh"}, questions...)...)
	answers := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(answers) != len(questions) {
		p.t.Fatalf("%d answers to %d questions\n%s%s", len(answers), len(questions), out, stderr)
	}
	for i, a := range answers {
		if !strings.HasPrefix(a, `{"status":"denied"`) {
			p.t.Errorf("%s is not refused: %s", questions[i], a)
		}
	}
}

// grantsNoSecret asks nono why, with the profile, about what is protected.
func (p *person) grantsNoSecret(name string) {
	p.t.Helper()
	var questions []string
	for _, file := range []string{".ssh/id_rsa", ".aws/credentials", ".config/gh/hosts.yml", ".bashrc"} {
		questions = append(questions, "read "+p.home+"/"+file, "write "+p.home+"/"+file)
	}
	for _, file := range []string{p.home + "/.ssh/new", p.home + "/.config/nono/profiles/new.profile", "/new", "/etc/new", p.home + "/.new"} {
		questions = append(questions, "create "+file)
	}
	p.refuses(name, append(questions, "write "+p.home+"/.config/nono/profiles/"+name+".profile")...)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func has(lines []string, line string) bool { return slices.Contains(lines, line) }
