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
	if len(all) > 0 && all[len(all)-1].op != opEnd && all[len(all)-1].op != opIs && unmade(all) {
		all = withoutNames(all, all[len(all)-1].call)
	}
	return all, nil
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
