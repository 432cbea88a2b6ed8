package main

import (
	"os"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fdio"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"github.com/nono-sandbox/nono/core/spec/later"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/chains"
	"github.com/nono-sandbox/nono/core/supervise/grants"
	"github.com/nono-sandbox/nono/core/supervise/hosts"
	"github.com/nono-sandbox/nono/core/supervise/metadata"
	"github.com/nono-sandbox/nono/core/supervise/owndirs"
	"github.com/nono-sandbox/nono/core/supervise/process"
	"github.com/nono-sandbox/nono/core/supervise/sockets"
	"github.com/nono-sandbox/nono/core/version"
	"golang.org/x/sys/unix"
)

// run supervises the command and returns how it ended. An error means that it was
// not started.
func run(args []string) (process.End, error) {
	o, err := parse(args)
	switch {
	case err != nil:
		return process.End{}, err
	case o.help:
		os.Stdout.WriteString(usage + "\n\nnono-supervise is started by nono run where a flag needs a supervisor.\n")
		return process.End{}, nil
	case o.version:
		os.Stdout.WriteString("nono-supervise " + version.String() + "\n")
		return process.End{}, nil
	case o.datagrams >= 0:
		return process.End{}, hosts.MakeDatagrams(o.datagrams, o.again)
	case o.from != version.String():
		return process.End{}, &fault.Error{Do: "work with nono-run " + o.from,
			Err:  fault.Text("this nono-supervise is version " + version.String()),
			Hint: "install both from the same release"}
	}
	s, err := load(o.fd)
	if err != nil {
		return process.End{}, err
	}
	if !o.confined {
		return process.End{}, beginAgain(s, o, args)
	}
	return o.supervise(s)
}

// supervise starts the command with the features that were asked for.
func (o *options) supervise(s *spec.Spec) (process.End, error) {
	flags := []string{"--from=" + o.from, "--exec=" + o.exec}
	if o.apart != "" {
		flags = append(flags, "--apart="+o.apart)
	}
	launch := supervise.Launch{
		Spec: s, SpecFD: o.fd, Shim: o.shim, Env: os.Environ(), WaitAll: o.waitAll, Args: append(append(flags, "--"), o.argv...),
	}
	w, features, err := o.newWatch(s)
	if err != nil {
		return process.End{}, err
	}
	launch.Features, launch.Left = append(launch.Features, features...), w.left(o)
	recorder := o.recorder()
	if recorder != nil {
		launch.Features = append(launch.Features, recorder.Feature(s))
	}
	beside, err := o.besideDenied(s)
	if err != nil {
		return process.End{}, err
	}
	var u *undoing
	if s.Undo {
		if u, err = o.newUndo(s, beside); err != nil {
			return process.End{}, err
		}
		launch.Features = append(launch.Features, u.feature)
	}
	tell := w.listener()
	if recorder != nil {
		tell = recorded(recorder, tell)
	}
	decide, err := o.featuresOf(s, beside, tell)
	if err != nil {
		return process.End{}, err
	}
	launch.Features = append(launch.Features, decide...)
	served, err := o.endpoints(w.tell)
	if err != nil {
		return process.End{}, err
	}
	end, err := supervise.Run(launch)
	for _, f := range o.atEnd {
		f()
	}
	if err != nil {
		end = process.End{Status: fault.Failed}
	}
	for _, e := range served {
		w.tell(e.Total())
	}
	w.end(o, s, end)
	if err == nil && recorder != nil {
		err = o.writeRecording(recorder)
	}
	if u != nil {
		u.end(o, err == nil)
	}
	return end, err
}

// besideDenied returns what makes names where only some of them may be made, or nil.
func (o *options) besideDenied(s *spec.Spec) (*chains.Keeper, error) {
	if !s.BesideDenied && !s.PrivateShm {
		return nil, nil
	}
	k, err := chains.New(s, o.pools)
	if err != nil {
		return nil, &fault.Error{Do: "keep names", Err: err}
	}
	o.atEnd = append(o.atEnd, func() { o.closePool(k) })
	return k, nil
}

// featuresOf makes what the lines of the spec ask for. tell hears of what is refused.
func (o *options) featuresOf(s *spec.Spec, beside *chains.Keeper, tell func(audit.Event)) ([]supervise.Feature, error) {
	var all []supervise.Feature
	var others func(int) bool
	if beside != nil && !s.Undo { // with which what saves asks the keeper
		// First, so that nothing else makes a name there.
		all, others = append(all, beside.Feature()), beside.Holds
	}
	var person *grants.Person
	if later.Asks(s) {
		var err error
		if person, err = o.newPerson(); err != nil {
			return nil, err
		}
	}
	if s.Traps(spec.TrapSockets) {
		var asked sockets.Person
		if person != nil {
			asked = func(c *supervise.Call, path, named string, waits func() bool) (bool, bool) {
				return person.Socket(c, s, path, named, waits, tell)
			}
		}
		// Before hosts, which leaves Unix sockets to the kernel.
		all = append(all, sockets.Feature(s, tell, asked))
	}
	if s.Traps(spec.TrapHeldMetadata) {
		all = append(all, metadata.Feature(s, tell))
	}
	if s.RmdirOwn && !s.Undo { // which makes and removes them by the same rule
		all = append(all, owndirs.Feature(s, others))
	}
	if len(s.Ending) > 0 || later.Asks(s) {
		g, err := o.newGrants(s, person, tell)
		if err != nil {
			return nil, err
		}
		all = append(all, g.Feature())
	}
	if s.Traps(spec.TrapHosts) {
		var asked hosts.Person
		if person != nil {
			asked = func(c *supervise.Call, h spec.Host, private bool, waits func() bool) (spec.Host, bool, bool) {
				return person.Host(c, h, private, waits, tell)
			}
		}
		n, err := hosts.New(s, o.maker, o.nameServer, tell, asked)
		if err != nil {
			return nil, err
		}
		all = append(all, n.Feature())
	}
	return all, nil
}

// load reads the spec, and leaves the descriptor at its beginning for the shim.
func load(fd int) (*spec.Spec, error) {
	doc, err := fdio.ReadAll(fd, spec.MaxSize)
	if err == nil {
		_, err = unix.Seek(fd, 0, 0)
	}
	if err != nil {
		return nil, &fault.Error{Do: "read the spec handed over", Err: err}
	}
	s, err := document.Parse(doc)
	if err != nil {
		return nil, &fault.Error{Do: "use the spec handed over", Err: err}
	}
	if !s.Supervised() {
		return nil, &fault.Error{Do: "use the spec handed over", Err: fault.Text("it has no line 'supervise'")}
	}
	return s, nil
}
