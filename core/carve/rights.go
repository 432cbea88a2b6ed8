// Package carve turns the grants and denies of a spec into rules that only add rights.
//
// Landlock has no rule that takes a right away. So a grant with a deny beneath it is
// carved: the directories on the way from the grant to the deny, the chain, get no rule for
// the rights that the deny takes away, and every other entry of a chain directory gets its
// own rule. nono(7) describes the consequences for a command.
//
// The shim carves to enforce, and package query carves to explain. Both use this algorithm
// and the files that are on disk at that moment.
package carve

import "github.com/nono-sandbox/nono/core/spec"

// Rights are a set of operations on a file or directory: as few as the directives of a spec
// and the rights of Landlock need.
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
	// OfFiles are the rights that a file can have which is no directory.
	OfFiles = ReadFile | Execute | WriteFile | Ioctl | ConnectUnix
	// Changing are the rights that a deny-write takes away.
	Changing = WriteFile | Ioctl | Create | RemoveDir

	readRights  = ReadFile | Execute | List
	writeRights = WriteFile | Create
)

// Granted returns the rights that a line of kind k grants; rmdir is Switches.Rmdir of the
// spec. A Deny or DenyWrite grants none.
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
