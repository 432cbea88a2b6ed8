package policy

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
)

// blocked are the spec's denies of blocked commands in the box, and the names
// that cannot be held there.
func (b *box) blocked(o Options) (denied, loose []string) {
	b.t.Helper()
	p := b.must(o)
	for _, l := range p.Spec.Paths {
		if path, ok := b.rel(l.Path); ok && l.Kind == spec.Deny && l.By.Source == spec.BlockedCommand {
			denied = append(denied, path)
		}
	}
	for _, l := range p.NotDenied {
		if _, ok := b.rel(l.File); ok {
			loose = append(loose, l.Name)
		}
	}
	slices.Sort(denied)
	slices.Sort(loose)
	return denied, slices.Compact(loose)
}

func (b *box) wantBlocked(what string, o Options, denied, loose string) {
	b.t.Helper()
	d, l := b.blocked(o)
	if strings.Join(d, " ") != denied || strings.Join(l, " ") != loose {
		b.t.Errorf("%s: denied %q, loose %q; want %q, %q", what, d, l, denied, loose)
	}
}

const script = "#!/bin/sh\n"

func TestBlockedFilesAreDenied(t *testing.T) {
	b := newBox(t)
	b.file("bin/rm", script)
	b.file("bin/rmfoo", script)
	b.file("bin/ls", script)
	b.file("opt/real-dd", script)
	b.symlink("../opt/real-dd", "bin/dd")
	b.symlink("absent", "bin/mv")
	b.mkdir("bin/cp") // a directory is no command
	b.env["PATH"] = "relative::" + b.bin + ":" + b.bin + "/../bin:" + b.root + "/none"
	o := Options{Grants: b.parse("allow .")}
	b.wantBlocked("all granted", o, "bin/dd bin/rm opt/real-dd", "")
	o.Grants = b.parse("read bin")
	b.wantBlocked("the directory of commands", o, "bin/dd bin/rm", "")
	o.Grants = b.parse("read opt")
	b.wantBlocked("what a symlink leads to", o, "", "") // bin is not granted, so nobody comes there by that name
	o.Grants = b.parse("allow project")
	b.wantBlocked("elsewhere", o, "", "")
}

func TestAllowCommand(t *testing.T) {
	b := newBox(t)
	for _, n := range []string{"rm", "shred", "dd", "mkfs.ext4", "mv"} {
		b.file("bin/"+n, script)
	}
	for _, c := range []struct {
		allow, block []string
		want         string
	}{
		{nil, nil, "bin/dd bin/mkfs.ext4 bin/mv bin/rm bin/shred"},
		{[]string{"rm"}, nil, "bin/dd bin/mkfs.ext4 bin/mv bin/shred"},
		{[]string{"file-destruction"}, nil, "bin/dd bin/mkfs.ext4 bin/mv"},
		{[]string{"disk-operations", "mv"}, nil, "bin/rm bin/shred"},
		{[]string{"all"}, nil, ""},
		{[]string{"all"}, []string{"dd"}, "bin/dd"},
		{[]string{"rm"}, []string{"rm"}, "bin/dd bin/mkfs.ext4 bin/mv bin/rm bin/shred"},
		{[]string{"file-destruction"}, []string{"shred"}, "bin/dd bin/mkfs.ext4 bin/mv bin/shred"},
	} {
		o := Options{Grants: b.parse("read bin"), AllowCommands: c.allow, BlockCommands: c.block}
		b.wantBlocked(strings.Join(c.allow, ",")+" not "+strings.Join(c.block, ","), o, c.want, "")
	}
}

// TestMultiCall: with a busybox as ls and sh, by symlinks or by hard links,
// nothing can be denied; as one program among others it is denied itself.
func TestMultiCall(t *testing.T) {
	for _, how := range []string{"symlinks", "hard links"} {
		b := newBox(t)
		b.file("bin/busybox", script)
		for _, n := range []string{"rm", "ls", "sh", "dd"} {
			if how == "symlinks" {
				b.symlink("busybox", "bin/"+n)
			} else {
				b.link("bin/busybox", "bin/"+n)
			}
		}
		b.file("bin/shred", script) // a program of its own
		b.wantBlocked(how, Options{Grants: b.parse("read bin")}, "bin/shred", "busybox dd rm")
	}

	b := newBox(t)
	b.file("bin/busybox", script)
	b.symlink("busybox", "bin/rm")
	b.wantBlocked("no ordinary command is busybox", Options{Grants: b.parse("read bin")}, "bin/busybox bin/rm", "")

	b = newBox(t) // the faces are in another directory than the blocked name
	b.mkdir("more")
	b.file("opt/coreutils", script)
	b.symlink("../opt/coreutils", "bin/rm")
	b.symlink("../opt/coreutils", "more/cat")
	b.env["PATH"] += ":" + b.root + "/more"
	b.wantBlocked("faces elsewhere", Options{Grants: b.parse("allow .")}, "", "rm")
}

// TestNamesOfOneFile: what is lifted by one name works, though the file has
// other names that are blocked; --block-command is stronger.
func TestNamesOfOneFile(t *testing.T) {
	b := newBox(t)
	b.file("bin/systemctl", script)
	b.symlink("systemctl", "bin/reboot")
	b.symlink("systemctl", "bin/halt")
	read := b.parse("read bin")
	b.wantBlocked("nothing lifted", Options{Grants: read}, "bin/halt bin/reboot bin/systemctl", "")
	b.wantBlocked("lifted", Options{Grants: read, AllowCommands: []string{"reboot"}}, "", "halt systemctl")
	b.wantBlocked("lifted by its own name", Options{Grants: read, AllowCommands: []string{"systemctl"}}, "", "halt reboot")
	b.wantBlocked("blocked again", Options{Grants: read, AllowCommands: []string{"reboot"}, BlockCommands: []string{"systemctl"}},
		"bin/systemctl", "halt")
	b.wantBlocked("all but one", Options{Grants: read, AllowCommands: []string{"all"}, BlockCommands: []string{"halt"}},
		"bin/halt bin/systemctl", "")
}

func TestBlockCommandOfOrdinaryNames(t *testing.T) {
	b := newBox(t)
	b.file("bin/dash", script)
	b.symlink("dash", "bin/sh")
	read := Options{Grants: b.parse("read bin"), AllowCommands: []string{"all"}}
	read.BlockCommands = []string{"sh"}
	b.wantBlocked("sh", read, "bin/dash bin/sh", "")
	read.BlockCommands = []string{"dash"} // the program itself is meant
	b.wantBlocked("dash", read, "bin/dash", "")
	read.BlockCommands = []string{"absent"}
	b.wantBlocked("absent", read, "", "")
}

// TestEnvironmentOfAProject: pip of a project's own environment does not close
// the project to new files.
func TestEnvironmentOfAProject(t *testing.T) {
	b := newBox(t)
	b.file("project/.venv/pyvenv.cfg", "")
	b.file("project/.venv/bin/pip", script)
	b.mkdir("home/conda/conda-meta")
	b.file("home/conda/bin/pip", script)
	b.env["PATH"] = b.project + "/.venv/bin:" + b.home + "/conda/bin"
	for _, c := range []struct{ grant, denied, loose string }{
		{"allow project", "", "pip"},
		{"write project/.venv", "", "pip"},
		{"read project", "project/.venv/bin/pip", ""},
		{"allow home/conda", "", "pip"},
		{"allow home", "home/conda/bin/pip", ""},
		{"allow .", "home/conda/bin/pip project/.venv/bin/pip", ""},
	} {
		b.wantBlocked(c.grant, Options{Grants: b.parse(c.grant)}, c.denied, c.loose)
	}
	if err := os.Remove(b.project + "/.venv/pyvenv.cfg"); err != nil {
		t.Fatal(err)
	}
	b.wantBlocked("no environment", Options{Grants: b.parse("allow project")}, "project/.venv/bin/pip", "")
	_, err := b.compile(Options{Grants: b.parse("allow project"), Command: []string{"pip"}})
	if want := "cannot start 'pip': it is the blocked command 'pip' (package managers)"; err == nil || err.Error() != want {
		t.Errorf("pip itself: %v; want %s", err, want)
	}
}

func TestBlocked(t *testing.T) {
	list, err := lists.Commands("linux")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		got, err := Blocked(c.Name, "linux", &Options{})
		if err != nil || got != strings.ReplaceAll(c.Category, "-", " ") {
			t.Errorf("%s: %q, %v", c.Name, got, err)
		}
		for _, lift := range []string{c.Name, c.Category, "all"} {
			if got, err := Blocked(c.Name, "linux", &Options{AllowCommands: []string{lift}}); err != nil || got != "" {
				t.Errorf("%s after --allow-command %s: %q, %v", c.Name, lift, got, err)
			}
		}
	}
	if got, err := Blocked("ls", "linux", &Options{}); err != nil || got != "" {
		t.Errorf("ls: %q, %v", got, err)
	}
}
