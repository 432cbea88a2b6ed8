package policy

import (
	"path/filepath"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// terminfo grants the description of the terminal where a variable leads to it, as
// terminals do that are installed in a home (terminfo(5), "Fetching compiled
// descriptions"). Who starts nono in a project may have its variables, and no variable
// grants anything: so this is one file, and only what begins as a description does.
func (c *compiler) terminfo(l *lines) {
	term := c.h.Env("TERM")
	if term == "" || term[0] == '.' || strings.Contains(term, "/") {
		return
	}
	for _, dir := range append(strings.Split(c.h.Env("TERMINFO_DIRS"), ":"), c.h.Env("TERMINFO")) {
		if !filepath.IsAbs(dir) {
			continue
		}
		// Where names that differ in case alone are one, the directory is a number.
		for _, sub := range [...]string{term[:1], strconv.FormatUint(uint64(term[0]), 16)} {
			p, err := c.res.Resolve(filepath.Join(dir, sub, term))
			if err == nil && p.Exists && describesTerminal(p.Path) && !l.reads(p.Path) {
				l.grantOptional(spec.ReadFile, p.Path, spec.Origin{Source: spec.System})
			}
		}
	}
}

// reads reports whether the lines grant reading path by a directory above it.
func (l *lines) reads(path string) bool {
	for _, p := range l.paths {
		if (p.Kind == spec.Read || p.Kind == spec.Allow) && spec.Within(path, p.Path) {
			return true
		}
	}
	return false
}

// describesTerminal reports whether the file path begins as a compiled description of a
// terminal does (term(5)): with 0432, or 01036 where numbers have 32 bits.
func describesTerminal(path string) bool {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	var magic [2]byte
	if unix.Fstat(fd, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG {
		return false
	}
	if n, err := unix.Read(fd, magic[:]); err != nil || n != len(magic) {
		return false
	}
	return magic == [2]byte{0x1a, 1} || magic == [2]byte{0x1e, 2}
}
