// Package carve turns a spec's grants and denies into rules that only add.
//
// Landlock has no rule that takes a right away. A grant with a deny beneath it
// is therefore carved: the directories on the way from the grant to the deny,
// its chain, get no rule for the rights that the deny takes, and every other
// entry of a chain directory gets a rule of its own. What follows from that for
// whoever works inside is in nono(7).
//
// The shim carves to enforce and the query carves to explain, with this one
// algorithm and from what is on disk at that moment.
package carve

import "github.com/nono-sandbox/nono/core/spec"

// Rights is a set of things that can be done with a file or directory, as
// coarse as the spec's directives and as fine as Landlock's rights need.
type Rights uint16

// The rights. The ones from List on have a meaning for directories only.
const (
	ReadFile    Rights = 1 << iota // open a file for reading
	Execute                        // execute a file
	WriteFile                      // open a file for writing, truncate it
	Ioctl                          // ioctl(2) on a device opened here
	ConnectUnix                    // connect to a Unix socket by its path
	List                           // read a directory
	Create                         // make, link and rename into; remove what is no directory
	RemoveDir                      // remove or rename away a directory
)

const (
	// OfFiles are the rights that one thing which is no directory can have.
	OfFiles = ReadFile | Execute | WriteFile | Ioctl | ConnectUnix
	// Changing are the rights that a deny-write takes away.
	Changing = WriteFile | Ioctl | Create | RemoveDir

	readRights  = ReadFile | Execute | List
	writeRights = WriteFile | Create
)

// Granted returns what a line of kind k gives, before any deny; rmdir is the
// spec's setting. A Deny or DenyWrite gives nothing.
func Granted(k spec.Kind, rmdir bool) Rights {
	var r Rights
	switch k {
	case spec.Read, spec.ReadFile:
		r = readRights
	case spec.Write, spec.WriteFile:
		r = writeRights
	case spec.Allow, spec.AllowFile:
		r = readRights | writeRights
	case spec.Device:
		r = ReadFile | WriteFile | Ioctl | List
	case spec.Temp:
		r = readRights | writeRights | RemoveDir
	case spec.UnixSocket:
		r = ConnectUnix
	}
	if rmdir && r&Create != 0 {
		r |= RemoveDir
	}
	if k.File() {
		r &= OfFiles
	}
	return r
}
