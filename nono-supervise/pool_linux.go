package main

import (
	"os"
	"strconv"

	"github.com/nono-sandbox/nono/core/enforce/confine"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/shellquote"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"github.com/nono-sandbox/nono/core/supervise/chains"
	"golang.org/x/sys/unix"
)

// pool makes what names in chain directories are made of, writes the spec with it anew for
// the shim, and returns the flags for the confined program.
func (o *options) pool(s *spec.Spec, outer *confine.Outer) ([]string, error) {
	dirs := chains.Find(s)
	outer.Names = dirs.Paths()
	pools, without := chains.Prepare(s, dirs, os.Getenv("TMPDIR"))
	for _, dir := range without {
		if !o.silent {
			os.Stderr.WriteString("nono: notice: no file or directory can be made in " + shellquote.Word(dir) + ", " + besideWhat(dir) + "\n")
		}
	}
	if len(pools) == 0 {
		return nil, nil
	}
	var flags []string
	for _, path := range pools {
		flags = append(flags, "--pool="+path)
		outer.Paths = append(outer.Paths, spec.Path{Kind: spec.Temp, Path: path, By: spec.Origin{Source: spec.System}})
	}
	fd, err := sealed(document.Append(nil, s))
	if err != nil {
		return nil, &fault.Error{Do: "hand over the spec", Err: err}
	}
	err = unix.Dup3(fd, o.fd, 0)
	unix.Close(fd)
	if err != nil {
		return nil, &fault.Error{Do: "hand over the spec", Err: err}
	}
	return flags, nil
}

// roomWhere begins the sentence that tells how much could be made in dir.
func roomWhere(dir string) string {
	if dir == paths.Shm {
		return "there"
	}
	return besideWhat(dir) + " there"
}

// besideWhat tells what keeps the command from making names in dir itself.
func besideWhat(dir string) string {
	if dir == paths.Shm {
		return "beside what other programs have there"
	}
	return "beside what is denied"
}

// closePool ends the keeping of names, and says what could not be made.
func (o *options) closePool(k *chains.Keeper) {
	if dir, most := k.Without(); most > 0 && !o.silent {
		os.Stderr.WriteString("nono: notice: no more could be made in " + shellquote.Word(dir) + ": " + roomWhere(dir) + " is room for " +
			strconv.Itoa(most) + " new files and directories at a time\n")
	}
	k.Close()
}

// sealed is a file in memory that nobody can change any more.
func sealed(doc []byte) (int, error) {
	fd, err := unix.MemfdCreate("nono-spec", unix.MFD_ALLOW_SEALING|unix.MFD_CLOEXEC)
	if err != nil {
		return -1, err
	}
	for len(doc) > 0 && err == nil {
		var n int
		n, err = unix.Write(fd, doc)
		doc = doc[max(n, 0):]
	}
	if err == nil {
		_, err = unix.Seek(fd, 0, 0)
	}
	if err == nil {
		_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SEAL|unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_WRITE)
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}
