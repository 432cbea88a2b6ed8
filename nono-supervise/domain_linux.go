package main

import (
	"os"
	"slices"
	"strconv"

	"github.com/nono-sandbox/nono/core/enforce/confine"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/later"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/hosts"
	"golang.org/x/sys/unix"
)

// beginAgain puts this process into an outer domain of its own, and executes this program
// again there, with args and flags for what it has prepared. It returns only after a
// failure.
func beginAgain(s *spec.Spec, o options, args []string) error {
	if err := supervise.MayLook(); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return &fault.Error{Do: "find nono-supervise", Err: fault.Text("this program cannot tell where it is: is /proc mounted?")}
	}
	by := spec.Origin{Source: spec.System}
	outer := confine.Outer{Rmdir: s.RmdirOwn, Paths: []spec.Path{
		{Kind: spec.ReadFile, Path: self, By: by},
		{Kind: spec.ReadFile, Path: o.shim, By: by},
		{Kind: spec.Read, Path: "/proc", By: by},
	}}
	if o.credentials > 0 {
		// The helpers that start next must not inherit the credentials.
		if _, err := o.givenCredentials(unix.FD_CLOEXEC); err != nil {
			return err
		}
		outer.Net = true
		outer.Paths = append(outer.Paths, forEndpoints(by)...)
	}
	outer.Paths = append(outer.Paths, later.Most(s).Paths[len(s.Paths):]...)
	helpers, err := startHelpers(s, o, self, &outer)
	if err != nil {
		return err
	}
	if o.credentials > 0 {
		// This process inherits them once more.
		if _, err := o.givenCredentials(0); err != nil {
			return err
		}
	}
	files, err := openFiles(s, o, &outer)
	if err != nil {
		return err
	}
	argv := slices.Concat([]string{"nono-supervise", "--confined"}, files, helpers, args)
	if err := confine.Enter(s, outer); err != nil {
		return err
	}
	return &fault.Error{Do: "start", Path: self, Err: unix.Exec(self, argv, os.Environ())}
}

// startHelpers starts the processes that must not be in the outer domain: the one that
// asks a person, and the one that makes sockets. It adds to outer what they need, and
// returns the flags that name their descriptors.
func startHelpers(s *spec.Spec, o options, self string, outer *confine.Outer) ([]string, error) {
	var flags []string
	if later.Asks(s) {
		fd, err := o.ask.start()
		if err != nil {
			return nil, err
		}
		flags = append(flags, "--ask-fd="+strconv.Itoa(fd))
	}
	if s.Traps(spec.TrapHosts) {
		if maker, nameServer, ok := hosts.StartDatagrams(self); ok {
			flags = append(flags, "--maker="+strconv.Itoa(maker), "--name-server="+strconv.Itoa(nameServer))
		}
		outer.Net = true
		for _, path := range hosts.Files() {
			outer.Paths = append(outer.Paths, spec.Path{Kind: spec.ReadFile, Path: path, By: spec.Origin{Source: spec.System}})
		}
	}
	return flags, nil
}

// openFiles makes and opens the files that the supervisor writes outside of the outer
// domain: the store of --undo, the pool of new names and the log. It adds to outer what
// they need, and returns the flags that name them.
func openFiles(s *spec.Spec, o options, outer *confine.Outer) ([]string, error) {
	var flags []string
	if s.Undo {
		dir, paths, err := o.undoEntry(s)
		if err != nil {
			return nil, err
		}
		flags = append(flags, "--undo-run="+dir)
		outer.Paths = append(outer.Paths, paths...)
	}
	if s.BesideDenied || s.PrivateShm {
		pools, err := o.pool(s, outer)
		if err != nil {
			return nil, err
		}
		flags = append(flags, pools...)
	}
	if o.audit.path != "" {
		fd, err := openLog(o.audit.path)
		if err != nil {
			return nil, err
		}
		flags = append(flags, "--audit-fd="+strconv.Itoa(fd))
	}
	return flags, nil
}
