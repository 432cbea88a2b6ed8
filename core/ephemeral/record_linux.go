package ephemeral

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/fault"
)

// text is the record of a run, one line each, words quoted as Go quotes them.
func (r *Run) text() []byte {
	b := []byte(header + "\nstart " + strconv.FormatInt(r.Start.Nano(), 10) + "\n")
	line := func(word string, args ...string) {
		b = append(b, word...)
		for _, a := range args {
			b = strconv.AppendQuote(append(b, ' '), a)
		}
		b = append(b, '\n')
	}
	line("command", r.Command...)
	line("workdir", r.Workdir)
	for _, t := range r.Trees {
		if t.File {
			line("file", t.Path)
		} else {
			line("dir", t.Path)
		}
	}
	for _, d := range r.Denied {
		line("denied", d)
	}
	return b
}

// OpenDir reads the record of the run in the directory dir.
func OpenDir(dir string) (*Run, error) {
	r := &Run{ID: filepath.Base(dir), Dir: dir}
	// The record says where keep writes, so nobody else may have written it.
	var st unix.Stat_t
	if err := unix.Lstat(dir, &st); err == nil && (int(st.Uid) != os.Geteuid() || st.Mode&(unix.S_IFMT|0o022) != unix.S_IFDIR) {
		return nil, &fault.Error{Do: "use", Path: dir, Err: fault.Text("the directory is not yours alone")}
	}
	b, err := os.ReadFile(filepath.Join(dir, runFile))
	if err != nil {
		return nil, &fault.Error{Do: "read", Path: filepath.Join(dir, runFile), Err: err}
	}
	lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	if lines[0] != header {
		return nil, &fault.Error{Do: "read", Path: filepath.Join(dir, runFile), Err: fault.Text("another version of nono made this run")}
	}
	for _, l := range lines[1:] {
		word, rest, _ := strings.Cut(l, " ")
		if err := r.line(word, rest); err != nil {
			return nil, &fault.Error{Do: "read", Path: filepath.Join(dir, runFile), Err: err}
		}
	}
	return r, nil
}

func (r *Run) line(word, rest string) error {
	if word == "start" {
		n, err := strconv.ParseInt(rest, 10, 64)
		r.Start = unix.NsecToTimespec(n)
		return err
	}
	var args []string
	for rest = strings.TrimLeft(rest, " "); rest != ""; rest = strings.TrimLeft(rest, " ") {
		q, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return err
		}
		a, err := strconv.Unquote(q)
		if err != nil {
			return err
		}
		args, rest = append(args, a), rest[len(q):]
	}
	switch {
	case word == "command":
		r.Command = args
	case len(args) != 1:
		return fault.Text("a line is damaged")
	case word == "workdir":
		r.Workdir = args[0]
	case word == "file" || word == "dir":
		r.Trees = append(r.Trees, Tree{Path: args[0], File: word == "file"})
	case word == "denied":
		r.Denied = append(r.Denied, args[0])
	default:
		return fault.Text("a line is not known")
	}
	return nil
}
