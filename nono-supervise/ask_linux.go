package main

import (
	"os"
	"strings"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fdio"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/shellquote"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/span"
	"github.com/nono-sandbox/nono/core/supervise/grants"
	"golang.org/x/sys/unix"
)

// mostEnv is the size of an environment that is taken over.
const mostEnv = 8 << 20

// start starts nono-ask, which is outside of every domain, and returns the socket to it.
// The environment of the one who started nono is for it alone: the program that it asks
// by may need what is withheld from the command.
func (a *askOptions) start() (int, error) {
	fail := func(err error) (int, error) {
		return -1, &fault.Error{Do: "ask", Err: err}
	}
	var env []string
	if a.env > 0 {
		text, err := fdio.ReadAll(a.env, mostEnv)
		unix.Close(a.env)
		if err != nil {
			return fail(err)
		}
		env = strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fail(err)
	}
	args := []string{"nono-ask", "--serve"}
	if a.with != "" {
		args = append(args, "--with="+a.with)
	}
	if a.profile != "" {
		args = append(args, "--profile="+a.profile)
	}
	// Not its standard input: what the person types is the command's.
	null, err := os.Open(os.DevNull)
	if err != nil {
		return fail(err)
	}
	defer null.Close()
	theirs := os.NewFile(uintptr(pair[1]), "ask")
	defer theirs.Close()
	child, err := os.StartProcess(a.by, args, &os.ProcAttr{Env: env,
		Files: []*os.File{null, os.Stderr, os.Stderr, theirs}})
	if err != nil {
		return fail(err)
	}
	theirs.Close()
	if state, err := child.Wait(); err != nil || !state.Success() {
		return fail(fault.Text("nono-ask does not start"))
	}
	// It says one line when it can be answered, or has said why not and is gone.
	for b := []byte{0}; b[0] != '\n'; {
		n, err := unix.Read(pair[0], b)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n == 0 {
			return fail(fault.Text("nono-ask has ended"))
		}
	}
	_, err = unix.FcntlInt(uintptr(pair[0]), unix.F_SETFD, 0)
	return pair[0], err
}

// newPerson makes who is asked, on the socket that start has opened.
func (o *options) newPerson() (*grants.Person, error) {
	seconds, problem := span.Parse(o.ask.timeout)
	if problem != "" || o.ask.fd < 3 {
		return nil, misuse("nono run is what starts it")
	}
	unix.CloseOnExec(o.ask.fd)
	unix.SetNonblock(o.ask.fd, true)
	run := shellquote.Words(o.argv)
	if len(run) > 200 {
		run = run[:200] + "…"
	}
	return grants.NewPerson(os.NewFile(uintptr(o.ask.fd), "ask"), int(seconds), run, o.ask.profile), nil
}

// newGrants makes the grants that end and those that are asked for, of person, or nil.
func (o *options) newGrants(s *spec.Spec, person *grants.Person, tell func(audit.Event)) (*grants.Grants, error) {
	support, err := kernel.Detect()
	if err != nil {
		return nil, err
	}
	return grants.New(s, support.ABI, person, tell)
}
