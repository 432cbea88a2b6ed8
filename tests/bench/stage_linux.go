package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
)

// A stage is the scratch directories in which everything is measured, and the
// programs under measurement.
type stage struct {
	dir     string
	project string // the working directory, granted by --allow .
	home    string // with 200 entries
	bin     string // where nono-run and nono-exec-shim are
	tools   string // where else to look for other sandboxes
	null    *os.File
	self    string   // this program, which is also the worker inside
	also    []string // scratch directories elsewhere
	stamp   int      // how often the Go tree was changed
}

const homeEntries = 200

// newStage makes the directories, in TMPDIR as it is now.
func newStage(bin, tools string) (*stage, error) {
	dir, err := os.MkdirTemp("", "nono-bench-")
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	s := &stage{dir: dir, project: filepath.Join(dir, "project"), home: filepath.Join(dir, "home"), tools: tools}
	if s.null, err = os.OpenFile(os.DevNull, os.O_RDWR, 0); err != nil {
		return s, err
	}
	if s.self, err = os.Executable(); err != nil {
		return s, err
	}
	if s.bin, err = filepath.Abs(bin); err != nil {
		return s, err
	}
	for _, b := range []string{"nono-run", "nono-exec-shim"} {
		if _, err := os.Stat(s.program(b)); err != nil {
			return s, fmt.Errorf("%w: build it first (make build), or say where it is by -bin", err)
		}
	}
	for _, d := range []string{s.project, s.home, s.tmp()} {
		if err := os.Mkdir(d, 0o755); err != nil {
			return s, err
		}
	}
	return s, s.fillHome()
}

// fillHome makes a home as people have one: some of its entries are protected.
func (s *stage) fillHome() error {
	for _, d := range []string{".ssh", ".aws", ".config/git", ".local/bin", ".gnupg", ".claude"} {
		if err := os.MkdirAll(filepath.Join(s.home, d), 0o700); err != nil {
			return err
		}
	}
	for _, f := range []string{".ssh/id_ed25519", ".aws/credentials", ".bashrc", ".profile", ".gitconfig", ".netrc", ".claude.json"} {
		if err := os.WriteFile(filepath.Join(s.home, f), []byte("# bench\n"), 0o600); err != nil {
			return err
		}
	}
	for i := range homeEntries - 12 {
		name := filepath.Join(s.home, "entry-"+strconv.Itoa(i))
		if i%2 == 0 {
			name += "/"
		}
		if err := makeEntry(name); err != nil {
			return err
		}
	}
	return nil
}

// makeEntry makes an empty file, or a directory if path ends in a slash.
func makeEntry(path string) error {
	if path[len(path)-1] == '/' {
		return os.MkdirAll(path, 0o755)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	return f.Close()
}

func (s *stage) remove() error {
	err := os.RemoveAll(s.dir)
	for _, d := range s.also {
		err = errors.Join(err, os.RemoveAll(d))
	}
	return err
}

func (s *stage) program(name string) string { return filepath.Join(s.bin, name) }
func (s *stage) path(name string) string    { return filepath.Join(s.dir, name) }
func (s *stage) tmp() string                { return s.path("tmp") }

// env is the same for every program: what this one was started with must not
// make a difference.
func (s *stage) env() []string {
	return []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + s.home,
		"TMPDIR=" + s.tmp(), "LANG=C.UTF-8", "TERM=dumb", "SHELL=/bin/sh"}
}

// task returns a task in the project.
func (s *stage) task(argv ...string) task {
	return task{argv: argv, env: s.env(), dir: s.project, null: s.null}
}

// run is a task for nono-run with these flags.
func (s *stage) run(flags []string, command ...string) task {
	return s.task(append(append(append([]string{s.program("nono-run"), "--silent"}, flags...), "--"), command...)...)
}

// spec returns what nono-run makes of the flags, and the name of a file that
// holds it.
func (s *stage) spec(name string, flags ...string) (*spec.Spec, string, error) {
	t := s.run(append(flags, "--print-spec=all"), trueProgram)
	cmd := exec.Command(t.argv[0], t.argv[1:]...)
	cmd.Env, cmd.Dir = t.env, t.dir
	doc, err := cmd.Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			err = fmt.Errorf("%w: %s", err, bytes.TrimSpace(failed.Stderr))
		}
		return nil, "", fmt.Errorf("nono-run --print-spec: %w", err)
	}
	return s.keep(name, doc)
}

// keep writes a spec to a file of the stage and parses it.
func (s *stage) keep(name string, doc []byte) (*spec.Spec, string, error) {
	file := s.path(name + ".spec")
	if err := os.WriteFile(file, doc, 0o644); err != nil {
		return nil, "", err
	}
	parsed, err := document.Parse(doc)
	return parsed, file, err
}

// find looks for another sandbox's program.
func (s *stage) find(name string) (string, error) {
	if s.tools != "" {
		if path, err := exec.LookPath(filepath.Join(s.tools, name)); err == nil {
			return filepath.Abs(path)
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", errors.New("it is not installed")
	}
	return filepath.Abs(path)
}

// trueProgram is the command that is launched: it does nothing.
const trueProgram = "/bin/true"

// minimal returns a policy of a few grants with which a program of the system
// starts, and then these.
func minimal(further ...spec.Path) *spec.Spec {
	s := &spec.Spec{Switches: spec.Switches{Net: true}}
	for _, path := range []string{"/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/bin/true", "/bin/true", "/etc/ld.so.cache"} {
		st, err := os.Stat(path)
		if real, _ := filepath.EvalSymlinks(path); err != nil || real != path {
			continue // another name of what is granted already
		}
		kind := spec.ReadFile
		if st.IsDir() {
			kind = spec.Read
		}
		s.Paths = append(s.Paths, spec.Path{Kind: kind, Path: path, By: spec.ParseOrigin("bench")})
	}
	s.Paths = append(s.Paths, further...)
	return s
}

// write puts a policy into a file of the stage.
func (s *stage) write(name string, policy *spec.Spec) (string, error) {
	_, file, err := s.keep(name, document.Append(nil, policy))
	return file, err
}
