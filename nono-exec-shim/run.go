package main

import (
	"os"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/enforce"
	"github.com/nono-sandbox/nono/core/entry/brief"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fdio"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/version"
	"golang.org/x/sys/unix"
)

const usage = "usage: nono-exec-shim SPEC -- COMMAND [ARGUMENT ...]\n"

const help = `
Applies SPEC (see nono-spec(5)) to itself and executes COMMAND in it.

  --copy-to=FILE  write this program to FILE, for a container without cp
  --help          show this
  --version       show the version
`

// run applies the spec and executes the command. It returns only if the command did not
// start, or for --help, --version and --copy-to.
func run(args []string) (int, error) {
	o, err := parse(args)
	if err != nil {
		return fault.Failed, err
	}
	switch {
	case o.help:
		os.Stdout.WriteString(usage + help)
		return 0, nil
	case o.version:
		os.Stdout.WriteString("nono-exec-shim " + version.String() + "\n")
		return 0, nil
	case o.copyTo != "":
		if err := copyTo(o.copyTo); err != nil {
			return fault.Failed, err
		}
		return 0, nil
	case o.from != "" && o.from != version.String():
		return fault.Failed, &fault.Error{Do: "work with nono-run " + o.from,
			Err:  fault.Text("this nono-exec-shim is version " + version.String()),
			Hint: "install both from the same release"}
	}
	s, file, err := load(o)
	if err != nil {
		return fault.Failed, err
	}
	if o.from == "" { // a spec of nono-run has all names of denied files
		if err := carve.CheckDenies(s); err != nil {
			return fault.Failed, err
		}
	}
	if o.spec != "" {
		if err := refuseWritable(s, o.spec, &file); err != nil {
			return fault.Failed, err
		}
	}
	box, err := enforce.Apply(s, enforce.Beside{Supervisor: o.notify, Overlay: o.apart != ""})
	if err != nil {
		return fault.Failed, err
	}
	env := brief.Environ()
	brief.Leave()
	return box.Start(o.exec, o.argv, env)
}

// load reads the spec and closes its file, so that the command does not inherit the
// descriptor. It also returns the state of the file.
func load(o options) (s *spec.Spec, file unix.Stat_t, err error) {
	what, fd := "the spec handed over", o.fd
	if fd < 0 {
		what = "the spec"
		// O_NOCTTY: if o.spec is a terminal, it does not become the controlling terminal.
		if fd, err = unix.Open(o.spec, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NOCTTY, 0); err != nil {
			return nil, file, &fault.Error{Do: "open the spec", Path: o.spec, Err: err}
		}
	}
	doc, err := fdio.ReadAll(fd, spec.MaxSize)
	if e := unix.Fstat(fd, &file); err == nil {
		err = e
	}
	if e := unix.Close(fd); err == nil {
		err = e
	}
	if err != nil {
		return nil, file, &fault.Error{Do: "read " + what, Path: o.spec, Err: err}
	}
	s, err = spec.Parse(doc)
	if err != nil {
		return nil, file, &fault.Error{Do: "use " + what, Path: o.spec, Err: err}
	}
	return s, file, nil
}
