package main

import (
	"os"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/probe"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"golang.org/x/sys/unix"
)

// findSelf finds the spec of the sandbox that this process is in. Whether it is
// in one the kernel says; NONO_SPEC, which anyone may set, only says where the
// spec is.
func (w *sandbox) findSelf() error {
	if !probe.Sandboxed() {
		w.outside = true
		return nil
	}
	w.self = true
	name := os.Getenv("NONO_SPEC")
	if name == "" {
		return &fault.Error{Do: "tell what this sandbox allows", Err: fault.Text("NONO_SPEC is not set"),
			Hint: "nono run sets it; a program in between has removed it"}
	}
	doc, err := readOwn(name)
	if err != nil {
		return &fault.Error{Do: "read the spec in NONO_SPEC", Path: name, Err: err}
	}
	if w.spec, err = document.Parse(doc); err != nil {
		return &fault.Error{Do: "use the spec in NONO_SPEC", Path: name, Err: err}
	}
	return nil
}

// readOwn reads a plain file of this user that is not too large. It opens
// nothing that could hang or act on being opened: what is no plain file is
// refused before it is read, and a symlink at the end is not followed.
func readOwn(name string) ([]byte, error) {
	place, err := unix.Open(name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(place)
	var st unix.Stat_t
	if err := unix.Fstat(place, &st); err != nil {
		return nil, err
	}
	switch {
	case st.Mode&unix.S_IFMT != unix.S_IFREG:
		return nil, fault.Text("it is not a plain file")
	case int(st.Uid) != unix.Geteuid() && int(st.Uid) != unix.Getuid():
		return nil, fault.Text("it belongs to another user")
	case st.Size > spec.MaxSize:
		return nil, fault.Text("it is too large")
	}
	fd, err := unix.Open(name, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOFOLLOW|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	var now unix.Stat_t
	if err := unix.Fstat(fd, &now); err != nil {
		return nil, err
	}
	if now.Dev != st.Dev || now.Ino != st.Ino {
		return nil, fault.Text("it changes while being read")
	}
	doc := make([]byte, min(now.Size, spec.MaxSize)+1)
	n := 0
	for n < len(doc) {
		m, err := unix.Read(fd, doc[n:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, err
		}
		if m == 0 {
			return doc[:n], nil
		}
		n += m
	}
	return nil, fault.Text("it grows while being read")
}
