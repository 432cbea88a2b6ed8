package seatbelt

import (
	"slices"

	"github.com/nono-sandbox/nono/core/spec"
)

// A Class is one kind of operation on a path that a spec can grant.
type Class uint8

// The classes. Metadata (stat, readlink) is no class: it can be read anywhere,
// as on Linux.
const (
	Read      Class = iota // read a file, list a directory
	Copy                   // clone a file, read its extended attributes
	Exec                   // execute a file, or have it execute a script
	Write                  // write to a file, truncate it
	Attr                   // change mode, owner, times or extended attributes
	Create                 // make a name, also by renaming or linking to it
	Remove                 // remove or rename away what is no directory
	RemoveDir              // remove or rename away a directory
	Link                   // make another hard link to it
	Ioctl                  // ioctl(2) on a device
	Bind                   // listen on a Unix socket at this path
	Connect                // connect to the Unix socket at this path
	classes
)

// Decision reports whether the profile for s grants class at path, and which
// line decides, as an index of s.Paths. The line is -1 where none does: nothing
// is granted there, or by a scalar, or by what every profile has.
//
// The path must be absolute and clean, free of symlinks as the kernel would
// follow them for the operation, and in the spelling on disk as far as it
// exists. Decision answers for the ordinary macOS volume, which ignores case:
// where names can be made, a deny covers one in any case. Of names that differ
// by more than case the profile may deny some that Decision grants, never the
// reverse.
//
// dir is the directory that the command starts in, as for Profile.
func Decision(s *spec.Spec, dir string, class Class, path string) (granted bool, line int) {
	return decide(rules(s, dir), class, canonical(path))
}

func decide(all []rule, class Class, path string) (granted bool, line int) {
	best := -1
	for i := range all {
		if all[i].covers(class, path, all) && (best < 0 || all[i].rank > all[best].rank) {
			best = i
		}
	}
	if best < 0 {
		return false, -1
	}
	if !all[best].grants() {
		return false, all[best].line
	}
	if class == Create || class == Remove || class == RemoveDir {
		for i := range all {
			if !all[i].grants() && beneathFold(all[i].path, path) {
				return false, all[i].line
			}
		}
	}
	return true, all[best].line
}

// Unkept lists what the spec promises and the profile cannot keep, each as what
// completes "keeps the command from …". It is empty for most specs; of nil it
// lists what there can be.
func Unkept(s *spec.Spec) []string {
	moved := []string{"reading a file of a directory granted for writing alone, by moving it to where it can be read"}
	if s == nil {
		return moved
	}
	readable := slices.ContainsFunc(s.Paths, func(p spec.Path) bool { return p.Kind == spec.Allow || p.Kind == spec.Temp })
	for _, p := range s.Paths {
		if read, _ := Decision(s, "", Read, p.Path); p.Kind == spec.Write && readable && !read {
			return moved
		}
	}
	return nil
}

// reach says what a line of kind k does to class c at its path and beneath it:
// grant it, or take it away if k is a deny. It agrees with what carve grants on
// Linux.
func reach(k spec.Kind, c Class, rmdir bool) (at, beneath bool) {
	read := k == spec.Read || k == spec.Allow || k == spec.Temp
	write := k == spec.Write || k == spec.Allow || k == spec.Temp
	readFile := k == spec.ReadFile || k == spec.AllowFile
	writeFile := k == spec.WriteFile || k == spec.AllowFile
	device := k == spec.Device
	switch {
	case k == spec.Deny:
		return true, true
	case k == spec.DenyWrite:
		change := c != Read && c != Copy && c != Exec && c != Connect
		return change, change
	}
	switch c {
	case Read, Copy:
		return read || device || readFile, read || device
	case Exec:
		return read || readFile, read
	case Write:
		return write || device || writeFile, write || device
	case Attr:
		return write || writeFile, write
	case Create, Remove: // not the directory's own name
		return false, write
	case RemoveDir:
		return false, k == spec.Temp || write && rmdir
	case Link:
		// A second name has the rights of where it lies, so only what may
		// already be read and written may get one.
		return read && write, read && write
	case Ioctl:
		return device, device
	case Bind:
		// Only servers inside can be in the private temp.
		return k == spec.Temp, k == spec.Temp
	case Connect:
		return k == spec.Temp || k == spec.UnixSocket, k == spec.Temp || k == spec.UnixSocket
	}
	return false, false
}
