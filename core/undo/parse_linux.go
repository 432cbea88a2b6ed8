package undo

import (
	"bytes"
	"strconv"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// parseJournal reads the records that count: without the names of calls that failed,
// and without the last line of a journal whose writer was killed, which may be half
// written. The call that it was about was not made then.
func parseJournal(text []byte) ([]*record, error) {
	header, rest, _ := bytes.Cut(text, []byte("\n"))
	if string(header) != journalHeader {
		return nil, fault.Text("another version of nono wrote it")
	}
	var all []*record
	n := 1
	for len(rest) > 0 {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		if !whole {
			break
		}
		rest = after
		n++
		r, err := parseRecord(string(line))
		if err != nil {
			return nil, fault.Text("line " + strconv.Itoa(n) + " is damaged: was there a power cut?")
		}
		if r.op == opFail {
			all = withoutNames(all, r.call)
			continue
		}
		all = append(all, r)
	}
	renumber(all)
	if len(all) > 0 && all[len(all)-1].op != opEnd && all[len(all)-1].op != opIs && unmade(all) {
		all = withoutNames(all, all[len(all)-1].call)
	}
	return all, nil
}

// renumber gives the things of the records the device numbers of today: those of a loop
// device, of LVM or of btrfs are others after a reboot. A device is known again by one of
// its inodes that lies where it was, and was born in the same nanosecond.
func renumber(all []*record) {
	today := map[uint64]uint64{}
	for _, r := range all {
		if r.meta == nil || r.meta.Born == 0 {
			continue
		}
		if _, known := today[r.meta.Dev]; known {
			continue
		}
		for _, path := range [...]string{r.path, r.to} {
			if path == "" {
				continue
			}
			if m, err := metaOf(path); err == nil && m.Ino == r.meta.Ino && m.Born == r.meta.Born {
				today[r.meta.Dev] = m.Dev
			}
		}
	}
	for _, r := range all {
		if r.meta == nil {
			continue
		}
		if dev, known := today[r.meta.Dev]; known {
			r.meta.Dev = dev
		}
	}
}

// withoutNames takes away what the call did to names.
func withoutNames(all []*record, call int) []*record {
	for i := len(all) - 1; i >= 0 && all[i].call == call; i-- {
		switch all[i].op {
		case opMake, opRemove, opMove, opSwap:
			all = append(all[:i], all[i+1:]...)
		}
	}
	return all
}

// unmade reports whether the last call of a run that was killed was written down and
// then not made: its names are still as before.
func unmade(all []*record) bool {
	r := all[len(all)-1]
	switch r.op {
	case opMake:
		_, err := metaOf(r.path)
		return err == unix.ENOENT
	case opRemove, opMove, opSwap:
		m, err := metaOf(r.path)
		return err == nil && m.ID == r.meta.ID
	}
	return false
}
