package policy

import (
	"slices"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
)

// Net reports whether the whole network is allowed.
func (o *Options) Net() bool { return !o.NetBlock && len(o.Ports) == 0 && len(o.Hosts) == 0 }

// withoutHosts refuses what means something only beside --host.
func (o *Options) withoutHosts() error {
	switch {
	case o.NetBlock:
		return nil // no network, whatever else is said of it
	case len(o.HostDenies) > 0:
		return &fault.Error{Do: "deny the host " + fault.Quote(reach.Text(o.HostDenies[0])), Err: fault.Text("no host is granted, so the whole network is open"),
			Hint: "--host NAME opens the network for one host alone; --deny-host takes away from such hosts"}
	case len(o.Listens) > 0:
		return &fault.Error{Do: "listen on " + reach.Text(o.Listens[0]), Err: fault.Text("without --host, nono does not keep servers inside"),
			Hint: "leave out --listen"}
	}
	return nil
}

// addHosts adds to s the lines about hosts.
func (o *Options) addHosts(s *spec.Spec) error {
	switch {
	case o.Record != 0 && !o.NetBlock && len(o.Ports) == 0 && recordsHosts():
		o.recordHosts(s)
		return nil
	case len(o.Hosts) == 0 || o.NetBlock:
		return o.withoutHosts()
	case len(o.Ports) > 0:
		return &fault.Error{Do: "use --port with --host", Err: fault.Text("a port would be open at every address"), Hint: "--host NAME:PORT limits both"}
	}
	reach.Add(s, o.Hosts, o.HostDenies)
	s.Listens = o.Listens
	return nil
}

// notRecorded are addresses at which clouds tell a machine its credentials: no command is
// learned from by giving it these.
var notRecorded = [...]string{"169.254.0.0/16", "fe80::/10", "fd00:ec2::254"}

// recordHosts has the supervisor connect to whatever the command wants, so that hosts are
// known by their names. A service of this machine is reached where it is granted, alone.
func (o *Options) recordHosts(s *spec.Spec) {
	by := spec.Origin{Source: spec.Flag, Detail: "--record"}
	denied := slices.Clone(o.HostDenies)
	for _, text := range notRecorded {
		h, _ := reach.Parse(text)
		h.By = by
		denied = append(denied, h)
	}
	reach.Add(s, append(reach.AnyHost(by), o.Hosts...), denied)
}

// recordsHosts reports whether this kernel can hold a command to its supervisor's
// connections.
func recordsHosts() bool {
	support, err := kernel.Detect()
	return err == nil && support.ABI >= kernel.ABINet
}
