// Package fetch gets the secrets of a run from where they are kept, before the command
// starts: by the program of a password manager, or out of a file. A secret is in the
// memory of this process alone until it is in the environment of the command: it is on
// no command line, in no file and in no message.
package fetch

import (
	"os"
	"strings"
	"time"

	"github.com/nono-sandbox/nono/core/entry/brief"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fdio"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/secret"
	"github.com/nono-sandbox/nono/core/shellquote"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// patience is how long a source may take: its user may have to type a passphrase.
const patience = 60 * time.Second

// A Fetcher gets the secrets of one run.
type Fetcher struct {
	places   places
	home     string
	env      []string // of the managers' programs
	patience time.Duration
}

// New returns a Fetcher for a run under s. What a command under s could change is not
// asked for secrets, and no program of a manager is looked for there: an earlier run
// could have left what is found. From here on no core dump is made of this process, nor
// of what it becomes unless that raises its own limit.
func New(s *spec.Spec, h policy.Host) (*Fetcher, error) {
	if err := shun(); err != nil {
		return nil, &fault.Error{Do: "fetch secrets", Err: fault.Text("core dumps cannot be turned off: " + err.Error())}
	}
	at, err := newPlaces(s, h)
	if err != nil {
		return nil, err
	}
	f := &Fetcher{places: at, home: os.Getenv("HOME"), patience: patience}
	f.env = append(f.environ(), "PATH="+strings.Join(f.places.path, ":"), "PWD=/")
	return f, nil
}

// environ is what the program of a manager gets of nono's own environment: all, but for
// what is said otherwise. A passphrase is asked for on this terminal where gpg-agent(1)
// has not been told another.
func (f *Fetcher) environ() []string {
	var env []string
	for _, kv := range brief.Environ() {
		if name, _, _ := strings.Cut(kv, "="); name != "PATH" && name != "PWD" {
			env = append(env, kv)
		}
	}
	if tty := terminal(); tty != "" && os.Getenv("GPG_TTY") == "" {
		env = append(env, "GPG_TTY="+tty)
	}
	return env
}

// A problem is why a secret could not be had, and what to do about it.
type problem struct{ why, hint string }

func (p *problem) Error() string { return p.why }

// Value gets one secret. The error names the variable and the source.
func (f *Fetcher) Value(s *secret.Secret) (string, error) {
	q := &s.Query
	answer, p := f.answer(q)
	if p == nil {
		value, why := q.Value(answer)
		if why == "" {
			return value, nil
		}
		p = &problem{why, remedy(q, why)}
	}
	return "", &fault.Error{Do: "fetch the secret " + s.Name + " from " + fault.Quote(s.Source), Err: fault.Text(p.why), Hint: p.hint}
}

func (f *Fetcher) answer(q *secret.Query) ([]byte, *problem) {
	if q.File != "" {
		return f.read(f.expand(q.File))
	}
	return f.ask(q)
}

// remedy is what to do about an answer that is no secret.
func remedy(q *secret.Query, why string) string {
	switch {
	case q.File != "":
		return "put only the secret into the file, as one line"
	case q.Scheme == "pass" && q.Line == 0 && strings.Contains(why, "one line"):
		return "choose a line: pass:" + q.Argv[len(q.Argv)-1] + "#1"
	}
	return byHand(q)
}

// byHand leads to what the program says when it is started without nono.
func byHand(q *secret.Query) string { return "see what it answers: " + shellquote.Words(q.Argv) }

// read reads a regular file.
func (f *Fetcher) read(path string) ([]byte, *problem) {
	real, p := f.places.safe(path)
	if p != nil {
		return nil, p
	}
	fd, err := unix.Open(real, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, &problem{err.Error(), "name a file that you can read"}
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, &problem{err.Error(), "name a file that you can read"}
	}
	if uint32(st.Mode)&unix.S_IFMT != unix.S_IFREG {
		return nil, &problem{"it is not a regular file", "name a regular file"}
	}
	answer, err := fdio.ReadAll(fd, secret.Most)
	if err != nil {
		return nil, &problem{err.Error(), "name a file that you can read"}
	}
	return answer, nil
}

// expand puts the home in place of "~".
func (f *Fetcher) expand(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok && f.home != "" {
		return spec.Join(f.home, rest)
	}
	return path
}

// Read reads a regular file that the command cannot change.
func (f *Fetcher) Read(path string) (string, error) {
	text, p := f.read(path)
	if p != nil {
		return "", &fault.Error{Do: "read", Path: path, Err: fault.Text(p.why), Hint: p.hint}
	}
	return string(text), nil
}

// Unchangeable refuses a file that is there and that the command could change.
func (f *Fetcher) Unchangeable(path string) (bool, error) {
	if _, err := os.Lstat(path); err != nil {
		return false, nil
	}
	if _, p := f.places.safe(path); p != nil {
		return false, &fault.Error{Do: "use", Path: path, Err: fault.Text(p.why), Hint: p.hint}
	}
	return true, nil
}
