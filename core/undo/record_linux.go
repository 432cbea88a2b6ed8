package undo

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// A record is one line of the journal: something that is about to happen, and what is
// lost by it.
type record struct {
	op op
	// call numbers the system call; more than one record can belong to one.
	call     int
	path, to string
	meta     *Meta  // of what lies at path; of what lies at to for the second of a swap
	saved    saved  // the content
	target   string // of a symlink; unread for metadata without the attributes
}

// An op is what a record tells.
type op string

const (
	opContent op = "content" // the content of a file, before its first change
	opMeta    op = "meta"    // the metadata of a thing, before their first change
	opMake    op = "make"    // a name where there was none
	opRemove  op = "remove"  // a name that goes
	opMove    op = "move"    // a name that becomes another, where there is none
	opSwap    op = "swap"    // two names that are exchanged
	opFail    op = "fail"    // the call failed: its names are as they were
	opEnd     op = "end"     // the run has ended, and what follows is how it left things
	opIs      op = "is"      // how the run left the thing at path
)

// unread is the target of a record that does not know the attributes.
const unread = "unread"

const journalHeader = "nono-undo 1"

// line prints the record, with its newline.
func (r *record) line() []byte {
	b := append([]byte(r.op), ' ')
	b = strconv.AppendInt(b, int64(r.call), 10)
	for _, s := range [...]string{r.path, r.to, r.target} {
		b = strconv.AppendQuote(append(b, ' '), s)
	}
	b = r.saved.append(append(b, ' '))
	if r.meta != nil {
		b = r.meta.append(b)
	}
	return append(b, '\n')
}

// append prints the fields, each after a space.
func (m *Meta) append(b []byte) []byte {
	for _, n := range [...]int64{int64(m.Dev), int64(m.Ino), m.Born, int64(m.Mode), int64(m.UID), int64(m.GID), int64(m.Nlink),
		int64(m.Rdev), m.Size, m.Atim.Nano(), m.Mtim.Nano(), m.Ctim.Nano()} {
		b = strconv.AppendInt(append(b, ' '), n, 10)
	}
	for _, a := range m.Attributes {
		b = strconv.AppendQuote(append(b, ' '), a.Name)
		b = strconv.AppendQuote(append(b, ' '), a.Value)
	}
	return b
}

const metaFields = 12

var errDamaged = fault.Text("a line is damaged")

// parseRecord reads one line, without its newline.
func parseRecord(line string) (*record, error) {
	words, err := split(line)
	if err != nil {
		return nil, err
	}
	if len(words) < 6 {
		return nil, errDamaged
	}
	r := &record{op: op(words[0]), path: words[2], to: words[3], target: words[4]}
	if r.call, err = strconv.Atoi(words[1]); err != nil {
		return nil, errDamaged
	}
	if r.saved, err = parseSaved(words[5]); err != nil {
		return nil, err
	}
	if len(words) > 6 {
		if r.meta, err = parseMeta(words[6:]); err != nil {
			return nil, err
		}
		r.meta.Unread = r.op == opMeta && r.target == unread
	}
	return r, r.check()
}

// check refuses a record without what its kind needs.
func (r *record) check() error {
	needs := map[op]bool{opContent: true, opMeta: true, opRemove: true, opMove: true, opSwap: true, opIs: true, opMake: false, opFail: false, opEnd: false}
	meta, known := needs[r.op]
	if !known || meta && r.meta == nil {
		return errDamaged
	}
	if r.op != opFail && r.op != opEnd && !strings.HasPrefix(r.path, "/") || (r.op == opMove || r.op == opSwap) && !strings.HasPrefix(r.to, "/") {
		return errDamaged
	}
	return nil
}

func parseMeta(words []string) (*Meta, error) {
	var n [metaFields]int64
	if len(words) < metaFields || len(words)%2 != 0 {
		return nil, errDamaged
	}
	for i := range n {
		var err error
		if n[i], err = strconv.ParseInt(words[i], 10, 64); err != nil {
			return nil, errDamaged
		}
	}
	m := &Meta{ID: ID{uint64(n[0]), uint64(n[1]), n[2]}, Mode: uint32(n[3]), UID: uint32(n[4]), GID: uint32(n[5]), Nlink: uint32(n[6]),
		Rdev: uint64(n[7]), Size: n[8], Atim: unix.NsecToTimespec(n[9]), Mtim: unix.NsecToTimespec(n[10]), Ctim: unix.NsecToTimespec(n[11])}
	for i := metaFields; i < len(words); i += 2 {
		m.Attributes = append(m.Attributes, Attribute{words[i], words[i+1]})
	}
	return m, nil
}

// split takes a line apart into words, of which some are quoted as Go quotes.
func split(line string) ([]string, error) {
	var words []string
	for line = strings.TrimLeft(line, " "); line != ""; line = strings.TrimLeft(line, " ") {
		if line[0] != '"' {
			word, rest, _ := strings.Cut(line, " ")
			words, line = append(words, word), rest
			continue
		}
		q, err := strconv.QuotedPrefix(line)
		if err != nil {
			return nil, errDamaged
		}
		word, err := strconv.Unquote(q)
		if err != nil {
			return nil, errDamaged
		}
		words, line = append(words, word), line[len(q):]
	}
	return words, nil
}
