// Package container runs the specs that are shipped for containers in the layouts of
// directories that images have: with /bin as a symlink into /usr, with both of their
// own, with neither a shell nor a library.
package container

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// work is what must succeed inside; BOX gives way to "busybox " or to nothing.
const work = "BOXtrue && BOXcat /etc/motd /work/in && echo new >/work/new && BOXcat /work/new && echo t >/tmp/t && echo x >/dev/null"

// Every layout begins with busybox, which is static, in the place that PATH leads to.
var layouts = []struct {
	name string
	make string // shell; $R is the root, $B busybox
}{
	{"merged /usr (Debian, Ubuntu, Fedora, Arch)", "mkdir -p $R/usr/bin $R/usr/sbin $R/usr/lib $R/usr/lib64; cp $B $R/usr/bin/; cd $R; for d in bin sbin lib lib64; do ln -s usr/$d $d; done"},
	{"absolute symlinks", "mkdir -p $R/usr/bin $R/usr/lib; cp $B $R/usr/bin/; ln -s /usr/bin $R/bin; ln -s /usr/lib $R/lib"},
	{"merged bin and sbin (Arch, Fedora 42)", "mkdir -p $R/usr/bin $R/usr/lib; cp $B $R/usr/bin/; cd $R; ln -s bin usr/sbin; ln -s usr/bin bin; ln -s usr/bin sbin; ln -s lib usr/lib64; ln -s usr/lib lib; ln -s usr/lib lib64"},
	{"unmerged /usr (older Debian, Alpine)", "mkdir -p $R/bin $R/sbin $R/lib $R/usr/bin $R/usr/lib; cp $B $R/bin/; ln -s /bin/busybox $R/usr/bin/env"},
	{"busybox alone", "mkdir -p $R/bin $R/usr/bin; cp $B $R/bin/"},
	{"neither shell nor library (distroless)", "mkdir -p $R/usr/bin $R/usr/lib; cp $B $R/usr/bin/; ln -s usr/lib $R/lib"},
}

func TestLayouts(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	busybox := staticBusybox(t)
	s := suite.Build(t, suite.Newest)
	for name, text := range shippedSpecs(t) {
		for _, l := range layouts {
			t.Run(name+"/"+l.name, func(t *testing.T) {
				testenv.PrivateMounts(t, func() { try(t, s, text, plant(t, l.make, busybox), "busybox ") })
			})
		}
	}
}

// try runs work beneath root, with and without a sandbox. box stands before each
// program of it: "busybox ", or nothing where the programs are files of their own.
func try(t *testing.T, s suite.Suite, text, root, box string) {
	shell := append(strings.Fields(box), "sh", "-ec", strings.ReplaceAll(work, "BOX", box))
	control := append(strings.Fields(box), "sh", "-ec", shell[len(shell)-1]+"; "+box+"cat /etc/shadow /srv/other")
	copyFile(t, s.Path("nono-exec-shim"), filepath.Join(root, "shim"))
	if err := os.WriteFile(filepath.Join(root, "spec"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := inside(root, control...); err != nil {
		t.Fatalf("the control, without a sandbox: %v: %s", err, out)
	}
	out, err := inside(root, append([]string{"/shim", "/spec", "--"}, shell...)...)
	if err != nil || out != "welcome\nin\nnew\n" {
		t.Errorf("what is granted: %v: %s", err, out)
	}
	for _, shut := range []string{"/etc/shadow", "/srv/other"} {
		out, err := inside(root, append(append([]string{"/shim", "/spec", "--"}, strings.Fields(box)...), "cat", shut)...)
		if err == nil || !strings.Contains(out, "Permission denied") {
			t.Errorf("%s: %v: %s", shut, err, out)
		}
	}
}

// shippedSpecs are the example that is installed and the one of the man page.
func shippedSpecs(t *testing.T) map[string]string {
	top := suite.Root(t)
	agent, err := os.ReadFile(filepath.Join(top, "packaging", "container", "agent.spec"))
	if err != nil {
		t.Fatal(err)
	}
	man, err := os.ReadFile(filepath.Join(top, "packaging", "man", "nono-spec.5"))
	if err != nil {
		t.Fatal(err)
	}
	_, example, found := strings.Cut(string(man), "\nnono-spec 1\n")
	example, _, ended := strings.Cut(example, ".Ed\n")
	if !found || !ended {
		t.Fatal("nono-spec(5) has no example")
	}
	return map[string]string{"agent.spec": string(agent), "nono-spec(5)": "nono-spec 1\n" + example}
}

// plant makes a root with the devices, the settings and the project that an image has.
func plant(t *testing.T, layout, busybox string) string {
	root := t.TempDir()
	cmd := exec.Command("sh", "-ec", layout+`
		mkdir -p $R/etc $R/dev $R/proc $R/work $R/srv $R/tmp $R/opt
		echo welcome >$R/etc/motd; echo secret >$R/etc/shadow; echo other >$R/srv/other; echo in >$R/work/in
		chown -R 1000:1000 $R/work; chmod 644 $R/etc/shadow; chmod 1777 $R/tmp; chmod 755 $R`)
	cmd.Env = append(os.Environ(), "R="+root, "B="+busybox)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := unix.Mount("proc", filepath.Join(root, "proc"), "proc", 0, ""); err != nil {
		t.Skipf("no /proc can be mounted: %v", err)
	}
	for name, minor := range map[string]uint32{"null": 3, "zero": 5, "full": 7, "random": 8, "urandom": 9} {
		path := filepath.Join(root, "dev", name)
		if err := unix.Mknod(path, unix.S_IFCHR|0o666, int(unix.Mkdev(1, minor))); err != nil {
			t.Skipf("no device can be made: %v", err)
		}
		if err := os.Chmod(path, 0o666); err != nil {
			t.Fatal(err)
		}
		if f, err := os.OpenFile(path, os.O_RDWR, 0); err != nil {
			t.Skipf("no device can be opened in %s (nodev): %v", root, err)
		} else {
			f.Close()
		}
	}
	return root
}

// inside runs a command with root as its root, as an ordinary user.
func inside(root string, argv ...string) (string, error) {
	path := argv[0]
	if !strings.HasPrefix(path, "/") {
		for _, dir := range []string{"/usr/bin", "/bin"} {
			if _, err := os.Stat(filepath.Join(root, dir, path)); err == nil {
				path = dir + "/" + path
				break
			}
		}
	}
	cmd := &exec.Cmd{Path: path, Args: argv, Dir: "/", Env: []string{"PATH=/usr/bin:/bin"},
		SysProcAttr: &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 1000, Gid: 1000}}}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func staticBusybox(t *testing.T) string {
	testenv.RequireRoot(t, "to change to another root")
	path, err := exec.LookPath("busybox")
	if err != nil {
		t.Skip("busybox is not installed")
	}
	if exec.Command("ldd", path).Run() == nil {
		t.Skip("busybox is not static")
	}
	return path
}

func copyFile(t *testing.T, from, to string) {
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}
