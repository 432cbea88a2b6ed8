package mountinfo

import "testing"

const sampleTable = `20 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
21 20 0:21 / /proc rw - proc proc rw
22 20 254:0 /home/u /mnt/a\040b rw - ext4 /dev/vda rw
23 20 254:1 / /srv rw - ext4 /dev/vdb rw
24 23 254:1 /deep /srv/x rw - ext4 /dev/vdb rw
25 23 0:30 / /srv rw - tmpfs none rw
26 25 254:1 /deep/er /srv/y rw - ext4 /dev/vdb rw
27 20 254:0 /etc/hosts /etc/hosts rw - ext4 /dev/vda rw
`

func TestMountOf(t *testing.T) {
	m, ok := ParseTree([]byte(sampleTable))
	if !ok {
		t.Fatal("the table is not understood")
	}
	for path, id := range map[string]string{
		"/": "20", "/home": "20", "/proc/1": "21", "/mnt/a b": "22", "/mnt/a b/c": "22", "/mnt/a": "20", "/mnt/a b2": "20",
		"/etc/hosts": "27", "/etc/hostsfoo": "20",
		"/srv/y": "26",
	} {
		if got := m.On(path); got == nil || got.ID != id {
			t.Errorf("%s is on %v, want %s", path, got, id)
		}
	}
	for _, c := range []struct{ path, inside string }{{"/mnt/a b", "/home/u"}, {"/mnt/a b/x/y", "/home/u/x/y"}, {"/home/u", "/home/u"}, {"/srv/y/z", "/deep/er/z"}} {
		on := m.On(c.path)
		if got := on.Inside(c.path); got != c.inside || on.Outside(got) != c.path {
			t.Errorf("%s is %s inside, and back %s", c.path, got, on.Outside(got))
		}
	}
}

func TestPlainTable(t *testing.T) {
	for _, c := range []struct {
		table string
		want  bool
	}{
		{sampleTable, false},
		{"20 1 254:0 / / rw - ext4\n21 20 0:21 / /proc rw - proc\n", true},
		{"20 1 254:0 / / rw - ext4\n21 20 0:21 / /proc rw - proc\n22 20 0:21 / /mnt/proc rw - proc\n", false},
		{"20 1 254:0 / / rw - ext4\n21 20 25:40 / /a rw - ext4\n22 20 254:1 / /b rw - ext4\n23 20 2:540 / /c rw - ext4\n24 20 2540:0 / /d rw - ext4\n25 20 0:2540 / /e rw - ext4\n", true},
		{"21 20 0:21 / /proc rw - proc\n", false}, // a chroot
		{"20 1 254:0 / /x rw - ext4\n", false},
		{"", false},
		{"20 1 254:0 / / rw - ext4\nodd\n", false},
	} {
		if got := Plain([]byte(c.table)); got != c.want {
			t.Errorf("%q: %v", c.table, got)
		}
	}
}
