package program

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// The first line of a script, as execve(2) has it.
func TestInterpreter(t *testing.T) {
	long := "/" + strings.Repeat("x", scriptHead)
	for _, c := range []struct {
		content, path, arg string
		errno              unix.Errno
	}{
		{"#!/bin/sh\n", "/bin/sh", "", 0},
		{"#!/bin/sh", "/bin/sh", "", 0},
		{"#! \t/usr/bin/env \t python3 -x \nmore", "/usr/bin/env", "python3 -x", 0},
		{"#!relative\targ\n", "relative", "arg", 0},
		{"#!/bin/sh\r\n", "/bin/sh\r", "", 0}, // the kernel takes the CR for a part of the name
		{"#!\n", "", "", unix.ENOEXEC},
		{"#! \t\n", "", "", unix.ENOEXEC},
		{"#!", "", "", unix.EACCES},
		{"#!\x00\n", "", "", unix.EACCES},
		{"#!" + long, "", "", unix.ENOEXEC},       // it may be cut short
		{"#!/bin/sh " + long, "/bin/sh", long, 0}, // only the argument is
		{"echo\n", "", "", unix.ENOEXEC},
		{"", "", "", unix.ENOEXEC},
	} {
		f, err := Open(write(t, c.content))
		if err != nil {
			t.Fatal(err)
		}
		path, arg, errno := f.Interpreter()
		f.Close()
		if path != c.path || !strings.HasPrefix(c.arg, arg) || arg == "" != (c.arg == "") || errno != c.errno {
			t.Errorf("%.40q: %q %.20q %v, want %q %.20q %v", c.content, path, arg, errno, c.path, c.arg, c.errno)
		}
	}
}

// The test's own program, and damaged ones.
func TestLoader(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("ELF is Linux's")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if name, script, errno := Needs(self); name != "" || script || errno != 0 {
		t.Errorf("a static program needs %q (script %v), %v", name, script, errno)
	}
	elf, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	head := string(elf[:headSize])
	change := func(at int, b byte) string { return head[:at] + string([]byte{b}) + head[at+1:] }
	for _, c := range []struct {
		what, content string
		errno         unix.Errno
		code          bool
	}{
		{"whole", head, 0, true},
		{"of another machine", change(18, 1), unix.ENOEXEC, true},
		{"the memory of a process", change(16, 4), unix.ENOEXEC, false},
		{"without segments", change(56, 0), unix.ENOEXEC, true},
		{"cut short", head[:60], unix.ENOEXEC, true},
		{"empty", "", unix.ENOEXEC, false},
		{"text", "text", unix.ENOEXEC, false},
	} {
		path := write(t, c.content)
		if _, _, errno := Needs(path); errno != c.errno {
			t.Errorf("%s: %v, want %v", c.what, errno, c.errno)
		}
		f, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if f.IsMachineCode() != c.code {
			t.Errorf("%s: machine code: %v", c.what, !c.code)
		}
		f.Close()
	}
	if errno := IsLoader(write(t, "short")); errno != unix.EIO {
		t.Errorf("a loader of five bytes: %v", errno)
	}
	if errno := IsLoader(self); errno != 0 {
		t.Errorf("a loader that is a program: %v", errno)
	}
}

// A program of the machine's own distribution names its loader.
func TestRealLoader(t *testing.T) {
	name, script, errno := Needs("/bin/true")
	if errno != 0 || script || name != "" && name[0] != '/' {
		t.Errorf("/bin/true needs %q (script %v), %v", name, script, errno)
	}
}

// What cannot be opened is neither script nor program, and waits for nobody.
func TestUnreadable(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{fifo, "/nowhere", t.TempDir()} {
		f, err := Open(path)
		if err == nil || f.IsScript() || f.IsMachineCode() {
			t.Errorf("%s: %v", path, err)
		}
		f.Close()
	}
}

func FuzzFile(f *testing.F) {
	f.Add([]byte("#!/bin/sh -e\n"))
	elf := make([]byte, 200)
	copy(elf, "\x7fELF")
	elf[16], elf[18], elf[54], elf[56] = 2, 62, 56, 1
	binary.LittleEndian.PutUint64(elf[32:], 64)
	elf[64] = 3
	f.Add(elf)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(dir, "file")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		name, _, errno := Needs(path)
		if name != "" && errno != 0 || strings.ContainsAny(name, "\n") && strings.HasPrefix(string(content), "#!") {
			t.Errorf("%q needs %q, %v", content, name, errno)
		}
		IsLoader(path)
	})
}
