package main

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/seccomp"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

//go:embed floor/floor.c
var floorSource []byte

// buildFloor compiles the C program that does nothing but the kernel's work. It
// is static where there is a static C library, since that starts faster.
func (s *stage) buildFloor() (string, error) {
	cc, err := exec.LookPath("gcc")
	if err != nil {
		return "", errors.New("there is no gcc to build it")
	}
	source, program := s.path("floor.c"), s.path("floor")
	if _, err := os.Stat(program); err == nil {
		return program, nil // built before
	}
	if err := os.WriteFile(source, floorSource, 0o644); err != nil {
		return "", err
	}
	for _, flags := range [][]string{{"-static"}, nil} {
		cmd := exec.Command(cc, append(flags, "-O2", "-o", program, source)...)
		out, failed := cmd.CombinedOutput()
		if failed == nil {
			return program, nil
		}
		err = fmt.Errorf("%w: %s", failed, out)
	}
	return "", err
}

// Rights that older kernel headers lack (linux/landlock.h).
const (
	accessRefer    = 1 << 13
	accessTruncate = 1 << 14
	accessIoctl    = 1 << 15
	accessUnix     = 1 << 16

	fileAccess = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE |
		unix.LANDLOCK_ACCESS_FS_WRITE_FILE | accessTruncate | accessIoctl | accessUnix
)

// prepareFloor writes the rules and the filter of a spec as the floor wants them
// and returns the two files' names and the number of rules.
func (s *stage) prepareFloor(name string, policy *spec.Spec) (list, filter string, rules int, err error) {
	support, err := kernel.Detect()
	if err != nil {
		return "", "", 0, err
	}
	var out bytes.Buffer
	word := func(v uint64) { binary.Write(&out, binary.NativeEndian, v) }
	all, _, scopes := kernel.Handled(support.ABI)
	word(all)
	word(0) // no rule of the default policy is about the network
	word(scopes)
	_, err = carve.Rules(policy, func(r *carve.Rule) error {
		rights := bits(r.Rights) & all
		if !r.Dir {
			rights &= fileAccess
		}
		if rights != 0 {
			word(rights)
			out.WriteString(r.Path())
			out.WriteByte(0)
			rules++
		}
		return nil
	})
	if err != nil {
		return "", "", 0, err
	}
	code, err := filterCode(policy, support.ABI)
	if err != nil {
		return "", "", 0, err
	}
	list, filter = s.path(name+".rules"), s.path(name+".filter")
	if err := os.WriteFile(list, out.Bytes(), 0o644); err != nil {
		return "", "", 0, err
	}
	return list, filter, rules, os.WriteFile(filter, code, 0o644)
}

// filterCode is the seccomp program for a spec, as the kernel wants it.
func filterCode(policy *spec.Spec, abi int) ([]byte, error) {
	var code bytes.Buffer
	program, err := seccomp.Compile(runtime.GOARCH, seccomp.Rules(policy, abi))
	if err != nil {
		return nil, err
	}
	err = binary.Write(&code, binary.NativeEndian, program)
	return code.Bytes(), err
}

func bits(r carve.Rights) (rights uint64) {
	for _, m := range []struct {
		right carve.Rights
		bits  uint64
	}{
		{carve.ReadFile, unix.LANDLOCK_ACCESS_FS_READ_FILE},
		{carve.Execute, unix.LANDLOCK_ACCESS_FS_EXECUTE},
		{carve.List, unix.LANDLOCK_ACCESS_FS_READ_DIR},
		{carve.WriteFile, unix.LANDLOCK_ACCESS_FS_WRITE_FILE | accessTruncate},
		{carve.Ioctl, accessIoctl},
		{carve.ConnectUnix, accessUnix},
		{carve.Create, unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_SYM |
			unix.LANDLOCK_ACCESS_FS_MAKE_SOCK | unix.LANDLOCK_ACCESS_FS_MAKE_FIFO | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE | accessRefer},
		{carve.RemoveDir, unix.LANDLOCK_ACCESS_FS_REMOVE_DIR},
	} {
		if r&m.right != 0 {
			rights |= m.bits
		}
	}
	return rights
}
