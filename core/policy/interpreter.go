package policy

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// grant grants the file at path and, for a script, its interpreter,
// unless it is blocked: what runs then runs by this grant. The kernel follows at
// most a few interpreters of interpreters (execve(2)).
func (s *starter) grant(who, path string, depth int) error {
	p, err := s.res.resolve(path)
	if err != nil || !p.exists || p.dir() {
		return nil // an interpreter that is missing: the exec will say so
	}
	if err := s.refuseBlocked(who, path); err != nil {
		return err
	}
	if s.lines.left(spec.ReadFile, p.path, fromOthers) == 0 {
		hint := "leave out --deny " + fault.Quote(p.path)
		if !s.lines.shut[p.path] {
			hint = "--read-file " + fault.Quote(p.path) + " opens this one file"
		}
		return cannotStart(s.o.Command[0], fault.CannotStart, "--deny shuts "+fault.Quote(p.path), hint)
	}
	begin := beginning(p.path)
	named := depth == 0 && (p.path == filepath.Clean(path) || isScript(begin) || isMachineCode(begin))
	if named || depth > 0 && s.program(p.path, begin) {
		s.lines.grant(spec.ReadFile, p.path, spec.Origin{Source: spec.Command}, fromOthers)
	}
	if depth > 4 {
		return nil
	}
	interp, arg := interpreter(begin)
	if interp == "" {
		return nil
	}
	if interp[0] != '/' {
		interp = spec.Join(s.h.Dir, interp)
	}
	// `#!/usr/bin/env NAME` is how a script asks for PATH lookup.
	if spec.Base(interp) == "env" {
		if name := envCommand(arg); name != "" {
			if real, err := s.lookup(name); err == nil {
				if err := s.grant("its interpreter", real, depth+1); err != nil {
					return err
				}
			}
		}
	}
	return s.grant("its interpreter", interp, depth+1)
}

// program reports whether what a script names as its interpreter is opened for
// it: a program in machine code, or a script in a directory of commands. Who wrote
// the script is not known, and the name of a secret file in its first line must
// not open that file: the script would not start by it, but by another
// interpreter, to which env(1) has many ways. Nor must a symlink that is named as
// the command: by the time of the start something else may have taken its place.
func (s *starter) program(path, begin string) bool {
	if isScript(begin) {
		return slices.Contains(s.cmds.dirs, spec.Parent(path))
	}
	return isMachineCode(begin)
}

func isScript(begin string) bool { return strings.HasPrefix(begin, "#!") }

func isMachineCode(begin string) bool {
	if strings.HasPrefix(begin, "\x7fELF") && len(begin) > 17 {
		kind := begin[16] | begin[17] // elf(5), e_type in either order of bytes
		return kind == 2 || kind == 3 // ET_EXEC or ET_DYN; ET_CORE is memory
	}
	return slices.Contains(machO[:], begin[:min(4, len(begin))])
}

// machO are the first bytes of macOS's programs (mach-o/loader.h, mach-o/fat.h).
var machO = [...]string{"\xcf\xfa\xed\xfe", "\xce\xfa\xed\xfe", "\xca\xfe\xba\xbe"}

// beginning returns the first bytes of a file, as many as count for its kind.
func beginning(path string) string {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return ""
	}
	defer unix.Close(fd)
	buf := make([]byte, 256)
	n, err := unix.Read(fd, buf)
	if err != nil {
		return ""
	}
	return string(buf[:n])
}

// interpreter returns what the `#!` line of a script names: at most 255 bytes
// count, as in execve(2). It returns "" for what is no script.
func interpreter(begin string) (interp, arg string) {
	line, ok := strings.CutPrefix(begin, "#!")
	if !ok {
		return "", ""
	}
	line, _, _ = strings.Cut(line, "\n")
	line = strings.Trim(line, " \t\r")
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		return line[:i], strings.TrimLeft(line[i:], " \t")
	}
	return line, ""
}

// envCommand returns the command among the arguments of env(1) in a `#!` line.
func envCommand(arg string) string {
	for word := range strings.FieldsSeq(arg) {
		if !strings.HasPrefix(word, "-") && !strings.Contains(word, "=") {
			return word
		}
	}
	return ""
}
