// Package temp makes the private directory for temporary files that each sandbox
// gets, and removes those of sandboxes that are gone.
package temp

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fdio"
	"golang.org/x/sys/unix"
)

// Temp is a sandbox's private directory and, beside it, the copy of the spec that
// nono-why --self reads. Both lie in a directory of the user's own.
type Temp struct {
	base string // ${TMPDIR:-/tmp}/nono-UID
	Dir  string // base/PID.PLACE.RANDOM
	Spec string // Dir with ".spec" behind it
}

// Plan chooses the names and creates nothing.
func Plan() (Temp, error) {
	parent := os.Getenv("TMPDIR")
	if parent == "" {
		parent = "/tmp"
	}
	hint := "TMPDIR=DIR nono run … names a directory that can be written"
	if !filepath.IsAbs(parent) {
		return Temp{}, &fault.Error{Do: "use TMPDIR", Path: parent, Err: fault.Text("it is not an absolute path"), Hint: hint}
	}
	real, err := filepath.EvalSymlinks(parent)
	if err != nil {
		return Temp{}, &fault.Error{Do: "use the directory for temporary files", Path: parent, Err: err, Hint: hint}
	}
	t := Temp{base: filepath.Join(real, "nono-"+strconv.Itoa(os.Getuid()))}
	t.Dir = filepath.Join(t.base, strconv.Itoa(os.Getpid())+"."+place()+"."+strconv.FormatUint(uint64(rand.Uint32()), 36))
	t.Spec = t.Dir + ".spec"
	return t, nil
}

// place tells pids of containers and of machines that share a directory apart:
// by the namespace of pids and the machine's name. Where /proc is missing all of
// a machine are taken to be of one. It is short because the address of a Unix
// socket in the directory has room for 107 bytes (unix(7)).
func place() string {
	link, _ := os.Readlink("/proc/self/ns/pid")
	n, _ := strconv.ParseUint(strings.Trim(link, "pid:[]"), 10, 32)
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		hash := uint32(2166136261) // FNV-1a
		for _, c := range u.Nodename {
			hash = (hash ^ uint32(c)) * 16777619
		}
		n ^= uint64(hash)
	}
	return strconv.FormatUint(n, 36)
}

// Create makes the directory and writes doc, the copy of the spec.
func (t Temp) Create(doc []byte) error {
	if err := t.ownBase(); err != nil {
		return err
	}
	sweep(t.base)
	if err := os.Mkdir(t.Dir, 0o700); err != nil {
		return &fault.Error{Do: "create the private temp directory", Path: t.Dir, Err: err}
	}
	fd, err := unix.Open(t.Spec, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0o400)
	if err == nil {
		err = fdio.WriteAll(fd, doc)
		if e := unix.Close(fd); err == nil {
			err = e
		}
	}
	if err != nil {
		t.Remove()
		return &fault.Error{Do: "write the copy of the spec", Path: t.Spec, Err: err}
	}
	return nil
}

// Remove takes back what Create made, after a failure.
func (t Temp) Remove() {
	os.Remove(t.Dir)
	os.Remove(t.Spec)
}

// ownBase makes sure that base is a directory of this user's that nobody else can
// use: in a shared /tmp its name can be guessed. Rights that are not as they should
// be are put right, since any command may change them (chmod(2) reaches outside the
// grants) and would otherwise keep nono from ever starting again.
func (t Temp) ownBase() error {
	hint := "TMPDIR=DIR nono run … names a directory that can be written"
	if err := os.Mkdir(t.base, 0o700); err != nil && !os.IsExist(err) {
		return &fault.Error{Do: "create the directory for private temps", Path: t.base, Err: err, Hint: hint}
	}
	var st unix.Stat_t
	err := unix.Lstat(t.base, &st)
	switch {
	case err != nil:
		return &fault.Error{Do: "examine", Path: t.base, Err: err}
	case st.Mode&unix.S_IFMT != unix.S_IFDIR:
		return &fault.Error{Do: "use", Path: t.base, Err: fault.Text("it is not a directory"), Hint: hint}
	case int(st.Uid) != os.Getuid():
		return &fault.Error{Do: "use", Path: t.base, Err: fault.Text("it belongs to another user"), Hint: hint}
	case st.Mode&0o777 == 0o700:
		return nil
	}
	open(unix.AT_FDCWD, t.base)
	if err := unix.Lstat(t.base, &st); err != nil || st.Mode&(unix.S_IFMT|0o777) != unix.S_IFDIR|0o700 {
		return &fault.Error{Do: "use", Path: t.base, Err: fault.Text("others have access to it, or its owner lacks rights to it"), Hint: "chmod 700 " + fault.Quote(t.base)}
	}
	return nil
}
