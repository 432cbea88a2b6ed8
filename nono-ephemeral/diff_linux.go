package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-isatty"
	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/ephemeral"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/undo"
)

// largest is the size in bytes up to which two files are compared line by line.
const largest = 1 << 20

// A shownChange is a change and where its contents are.
type shownChange struct {
	ephemeral.Change
	from          string // where it was, if that is elsewhere
	before, after func() ([]byte, error)
}

// showChanges prints the changes of a run.
func showChanges(s *session) error {
	r, changes, err := s.changes()
	if err != nil {
		return err
	}
	out, done := s.pager()
	defer done()
	v := view{to: out, colour: s.colour(), plain: !isatty.IsTerminal(s.out.Fd())}
	plain := make([]ephemeral.Change, len(changes))
	for i, c := range changes {
		plain[i] = c.Change
		if s.stat {
			v.line(c)
		} else {
			v.whole(c)
		}
	}
	v.printf("", "%s: %s\n", r.ID, ephemeral.Count(plain))
	return nil
}

// changes returns the run that is meant, of either kind, and its changes.
func (s *session) changes() (*ephemeral.Run, []shownChange, error) {
	store, err := s.storeOfChoice()
	if err != nil {
		return nil, nil, err
	}
	r, paths, err := s.chosen(store)
	if err != nil {
		return nil, nil, err
	}
	var all []shownChange
	if store.InPlace {
		h, err := undo.Read(r.Dir, r.Paths())
		if err != nil {
			return nil, nil, err
		}
		changes, err := h.Changes(paths)
		for _, c := range changes {
			all = append(all, shownChange{c.Plain(), c.From, func() ([]byte, error) { return h.Before(c) }, func() ([]byte, error) { return h.After(c) }})
		}
		return r, all, err
	}
	changes, err := r.At(paths)
	for _, c := range changes {
		all = append(all, shownChange{c, "", func() ([]byte, error) { return r.Original(c) }, func() ([]byte, error) { return r.Changed(c) }})
	}
	return r, all, err
}

// storeOfChoice is the store that has the run that the words name, or the latest run.
func (s *session) storeOfChoice() (ephemeral.Store, error) {
	id, _ := s.id()
	if id != "" {
		if _, err := s.inPlace.Open(id); err == nil {
			return s.inPlace, nil
		}
		return s.store, nil
	}
	apart, err := s.store.List()
	if err != nil {
		return s.store, err
	}
	inPlace, err := s.inPlace.List()
	if len(inPlace) > 0 && (len(apart) == 0 || apart[len(apart)-1].Start.Nano() < inPlace[len(inPlace)-1].Start.Nano()) {
		return s.inPlace, err
	}
	return s.store, err
}

func (s *session) colour() bool {
	return isatty.IsTerminal(s.out.Fd()) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// pager starts the user's pager where the output is a terminal.
func (s *session) pager() (io.Writer, func()) {
	if s.noPager || !isatty.IsTerminal(s.out.Fd()) {
		return s.out, func() {}
	}
	words := strings.Fields(os.Getenv("PAGER"))
	if len(words) == 0 {
		words = []string{"less", "-FRX"}
	}
	c := program(words[0], words[1:]...)
	c.Stdout, c.Stderr = s.out, os.Stderr
	in, err := c.StdinPipe()
	if err != nil || c.Start() != nil {
		return s.out, func() {}
	}
	return in, func() {
		in.Close()
		c.Wait()
	}
}

// A view prints changes.
type view struct {
	to     io.Writer
	colour bool
	plain  bool // to a file or pipe: contents go out as they are
}

const (
	bold  = "1"
	red   = "31"
	green = "32"
	cyan  = "36"
)

func (v view) printf(colour, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if v.colour && colour != "" {
		text = "\x1b[" + colour + "m" + strings.TrimSuffix(text, "\n") + "\x1b[0m\n"
	}
	io.WriteString(v.to, text)
}

// line prints one line for a change.
func (v view) line(c shownChange) {
	colour := map[ephemeral.Kind]string{ephemeral.Added: green, ephemeral.Removed: red}[c.Kind]
	v.printf(colour, "%-8s %s%s\n", c.Kind, fault.Quote(c.Path), v.about(c))
}

// about tells sizes, modes and links.
func (v view) about(c shownChange) string {
	var b strings.Builder
	kind := func(st *unix.Stat_t) string { return ephemeral.TypeName(st) }
	switch {
	case c.Old != nil && c.New != nil && kind(c.Old) != kind(c.New):
		fmt.Fprintf(&b, ", %s instead of a %s", kind(c.New), kind(c.Old))
	case c.Old != nil && c.New != nil && c.Old.Mode != c.New.Mode:
		fmt.Fprintf(&b, ", mode %04o instead of %04o", c.New.Mode&0o7777, c.Old.Mode&0o7777)
	case c.New != nil && kind(c.New) != "file":
		fmt.Fprintf(&b, ", %s", kind(c.New))
	}
	if c.New != nil && kind(c.New) == "file" {
		fmt.Fprintf(&b, ", %s", ephemeral.Bytes(c.New.Size))
		if c.Old != nil && kind(c.Old) == "file" {
			fmt.Fprintf(&b, " instead of %s", ephemeral.Bytes(c.Old.Size))
		}
	}
	if c.from != "" {
		b.WriteString(", was " + fault.Quote(c.from))
	}
	if c.Conflict != "" {
		fmt.Fprintf(&b, "; %s", c.Conflict)
	}
	return b.String()
}

// whole prints a change with the lines that differ, where both sides are short text.
func (v view) whole(c shownChange) {
	v.printf(bold, "%s %s%s\n", c.Kind, fault.Quote(c.Path), v.about(c))
	old, new, ok := v.contents(c)
	if !ok {
		return
	}
	if bytes.Equal(old, new) {
		return
	}
	if binary(old) || binary(new) {
		v.printf(cyan, "  not text: no lines are shown\n")
		return
	}
	text := string(diff.Diff("the original", old, "the run's", new))
	_, text, _ = strings.Cut(text, "\n") // the line that repeats the names
	for _, l := range strings.SplitAfter(text, "\n") {
		colour := ""
		switch {
		case strings.HasPrefix(l, "+"):
			colour = green
		case strings.HasPrefix(l, "-"):
			colour = red
		case strings.HasPrefix(l, "@"):
			colour = cyan
		}
		if !v.plain {
			l = shown(strings.TrimSuffix(l, "\n")) + l[len(strings.TrimSuffix(l, "\n")):]
		}
		v.printf(colour, "%s", l)
	}
}

// contents reads both sides, if they are files that are not too large.
func (v view) contents(c shownChange) (old, new []byte, ok bool) {
	oldFile := c.Old != nil && ephemeral.TypeName(c.Old) == "file"
	newFile := c.New != nil && ephemeral.TypeName(c.New) == "file"
	if !oldFile && !newFile {
		return nil, nil, false
	}
	if oldFile && c.Old.Size > largest || newFile && c.New.Size > largest {
		v.printf(cyan, "  larger than %s: no lines are shown\n", ephemeral.Bytes(largest))
		return nil, nil, false
	}
	var err error
	if oldFile {
		old, err = c.before()
	}
	if newFile && err == nil {
		new, err = c.after()
	}
	if err != nil {
		v.printf(cyan, "  cannot be read: %s\n", fault.Quote(err.Error()))
	}
	return old, new, err == nil
}

func binary(b []byte) bool { return bytes.IndexByte(b, 0) >= 0 || !utf8.Valid(b) }

// shown replaces what a terminal would obey. Tabs stay.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r >= ' ' && r != 0x7f && (r < 0x80 || r > 0x9f) && !hides(r) {
			return r
		}
		return '\ufffd'
	}, s)
}

// hides reports whether a character moves or hides others: those that change the
// direction of the text, and those of no width.
func hides(r rune) bool {
	return r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x2069 || r == 0xfeff
}
