package policy

import (
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// TestBlockedHints: the remedy that does, and none that would not.
func TestBlockedHints(t *testing.T) {
	b := newBox(t)
	for _, name := range []string{"rm", "rmdir", "sudo", "mine"} {
		b.file("bin/"+name, script)
	}
	for _, c := range []struct {
		name, want string
		uid        int
		rmdir      bool
	}{
		{"rm", "--allow-command rm allows it", 1000, false},
		{"rmdir", "--allow-command rmdir --allow-rmdir allows it", 1000, false},
		{"rmdir", "--allow-command rmdir allows it", 1000, true},
		{"sudo", "no program in a sandbox gains privileges: run it outside", 1000, false},
		{"sudo", "--allow-command sudo allows it", 0, false}, // root needs to gain none
		{"mine", "leave out --block-command mine", 1000, false},
	} {
		b.uid = c.uid
		_, err := b.compile(Options{NetBlock: true, Allow: spec.Switches{Rmdir: c.rmdir}, Command: []string{c.name}, BlockCommands: []string{"mine"}})
		if err == nil || fault.HintOf(err) != c.want {
			t.Errorf("%s: %v, hint %q, want %q", c.name, err, fault.HintOf(err), c.want)
		}
	}
}

func TestBlockedAsTheCommand(t *testing.T) {
	b := newBox(t)
	b.file("bin/rm", script)
	b.file("bin/ls", script)
	b.mkdir("project/bin")
	b.symlink(b.bin+"/rm", "project/ln")
	b.symlink("ln", "project/lnln")
	b.symlink(b.bin, "project/dir")
	b.link("bin/rm", "project/hard")
	b.symlink(b.bin+"/ls", "project/shred")
	b.file("project/interp", "#!"+b.bin+"/rm\n")
	b.file("project/byenv", "#!/usr/bin/env rm\n")
	b.file("project/bylink", "#!"+b.project+"/lnln -rf\n")
	b.file("project/nested", "#!"+b.project+"/interp\n")
	b.file("project/dd", script)
	is := func(who, name, more, category string) string {
		return who + " is the blocked command '" + name + "'" + more + " (" + category + ")"
	}
	const fd = "file destruction"
	for name, want := range map[string]string{
		"rm": is("it", "rm", "", fd), b.bin + "/rm": is("it", "rm", "", fd), "../bin/./rm": is("it", "rm", "", fd),
		"dir/rm": is("it", "rm", "", fd), "./ln": is("it", "rm", "", fd), "./lnln": is("it", "rm", "", fd),
		"./hard":                          is("it", "rm", " by another name", fd),
		"./shred":                         is("it", "shred", "", fd), // by the name it is called
		"./dd":                            is("it", "dd", "", "disk operations"),
		"./interp":                        is("its interpreter", "rm", "", fd),
		"./byenv":                         is("its interpreter", "rm", "", fd),
		"./bylink":                        is("its interpreter", "rm", "", fd),
		"./nested":                        is("its interpreter", "rm", "", fd),
		"/proc/self/root" + b.bin + "/rm": is("it", "rm", "", fd),
	} {
		shown := strings.ReplaceAll(name, b.root, "BOX")
		if _, got := b.starts(Options{Grants: b.parse("allow .")}, name); got != "cannot start '"+shown+"': "+want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
		if _, got := b.starts(Options{Grants: b.parse("allow ."), AllowCommands: []string{"all"}}, name); strings.HasPrefix(got, "cannot") {
			t.Errorf("%s, all lifted: %s", name, got)
		}
	}
	if _, got := b.starts(Options{AllowCommands: []string{"all"}, BlockCommands: []string{"ls"}}, "ls"); got != "cannot start 'ls': it is the blocked command 'ls' (--block-command)" {
		t.Errorf("--block-command: %s", got)
	}
}

// TestFacesAsTheCommand: sh is busybox on some systems, and may be called; rm may
// not, nor busybox by its name.
func TestFacesAsTheCommand(t *testing.T) {
	b := newBox(t)
	b.file("bin/busybox", script)
	for _, n := range []string{"sh", "ls", "rm"} {
		b.symlink("busybox", "bin/"+n)
	}
	b.symlink(b.bin+"/rm", "project/x")
	b.file("project/run", "#!"+b.bin+"/sh\n")
	for name, want := range map[string]string{
		"sh":      "read-file bin/busybox",
		"./run":   "read-file project/run, read-file bin/busybox",
		"rm":      "cannot start 'rm': it is the blocked command 'rm' (file destruction)",
		"./x":     "cannot start './x': it is the blocked command 'rm' (file destruction)",
		"busybox": "cannot start 'busybox': it is the blocked command 'busybox' (file destruction)",
	} {
		if _, got := b.starts(Options{}, name); got != want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
	}
}

func TestLiftedAsTheCommand(t *testing.T) {
	b := newBox(t)
	b.file("bin/mke2fs", script)
	b.symlink("mke2fs", "bin/mkfs.ext4")
	b.symlink("mke2fs", "bin/mkfs.ext3")
	b.symlink(b.bin+"/mke2fs", "project/mkfs.ext4") // the name alone lifts nothing
	o := Options{AllowCommands: []string{"mkfs.ext4"}}
	for name, want := range map[string]string{
		"mkfs.ext4":   "read-file bin/mke2fs",
		"mke2fs":      "cannot start 'mke2fs': it is the blocked command 'mke2fs' (disk operations)",
		"mkfs.ext3":   "cannot start 'mkfs.ext3': it is the blocked command 'mkfs.ext3' (disk operations)",
		"./mkfs.ext4": "cannot start './mkfs.ext4': it is the blocked command 'mke2fs' (disk operations)",
	} {
		if _, got := b.starts(o, name); got != want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
	}
	o.BlockCommands = []string{"mke2fs"}
	if _, got := b.starts(o, "mkfs.ext4"); got != "cannot start 'mkfs.ext4': it is the blocked command 'mke2fs' (--block-command)" {
		t.Errorf("--block-command: %s", got)
	}
}

func TestDenyShutsTheCommand(t *testing.T) {
	b := newBox(t)
	b.file("bin/tool", script)
	b.file("project/run", "#!"+b.bin+"/tool\n")
	for _, c := range []struct{ grants, command, want string }{
		{"deny bin/tool", "tool", "cannot start 'tool': --deny shuts 'BOX/bin/tool'"},
		{"deny bin", "tool", "cannot start 'tool': --deny shuts 'BOX/bin/tool'"},
		{"deny bin", "./run", "cannot start './run': --deny shuts 'BOX/bin/tool'"},
		{"deny bin; read-file bin/tool", "tool", ""},
		{"deny .; read bin", "tool", "read-file bin/tool"},
		{"deny-write bin", "tool", "read-file bin/tool"},
	} {
		o := Options{Grants: b.parse(strings.Split(c.grants, "; ")...)}
		if _, got := b.starts(o, c.command); got != c.want {
			t.Errorf("%s, %s: %s\nwant %s", c.grants, c.command, got, c.want)
		}
	}
}
