package mountinfo

import (
	"strconv"
	"testing"
)

func TestParse(t *testing.T) {
	all, ok := Parse([]byte("20 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n" +
		`22 20 254:0 /home/u /mnt/a\040b\134\012\8 rw - ext4 /dev/vda rw` + "\n"))
	if !ok || len(all) != 2 {
		t.Fatalf("%v %v", all, ok)
	}
	if want := (Mount{"20", "1", "254:0", "/", "/"}); all[0] != want {
		t.Errorf("%q, want %q", all[0], want)
	}
	if want := (Mount{"22", "20", "254:0", "/home/u", "/mnt/a b\\\n\\8"}); all[1] != want {
		t.Errorf("%q, want %q", all[1], want)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, table := range []string{"", "\n", "20 1 254:0 /\n", "20 1 254:0 / relative rw\n", "20 1 254:0 /  rw - x\n",
		"20 1 254:0 / / rw - ext4\nodd\n"} {
		if all, ok := Parse([]byte(table)); ok {
			t.Errorf("%q is taken for a table of mounts: %q", table, all)
		}
	}
}

func TestInside(t *testing.T) {
	for _, c := range []struct{ at, root, path, inside string }{
		{"/", "/", "/a/b", "/a/b"},
		{"/", "/sub", "/a", "/sub/a"},
		{"/", "/sub", "/", "/sub"},
		{"/mnt", "/", "/mnt", "/"},
		{"/mnt", "/", "/mnt/x/y", "/x/y"},
		{"/mnt/a b", "/home/u", "/mnt/a b/x", "/home/u/x"},
	} {
		m := &Mount{At: c.at, Root: c.root}
		if got := m.Inside(c.path); got != c.inside || m.Outside(got) != c.path {
			t.Errorf("%s on %+v is %s inside, and back %s", c.path, *m, got, m.Outside(got))
		}
	}
}

// This machine has a table too, and it is understood.
func TestRead(t *testing.T) {
	table, err := Read()
	if err != nil {
		t.Skipf("no table: %v", err)
	}
	all, ok := Parse(table)
	if !ok {
		t.Fatalf("not understood:\n%s", table)
	}
	for _, m := range all {
		if _, err := strconv.Atoi(m.ID); err != nil {
			t.Errorf("%+v: the number is none", m)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`22 20 254:0 /home/u /mnt/a\040b rw - ext4 /dev/vda rw`))
	f.Fuzz(func(t *testing.T, table []byte) {
		all, ok := Parse(table)
		if ok != (len(all) > 0) {
			t.Errorf("%d mounts, %v", len(all), ok)
		}
		for _, m := range all {
			if m.At == "" || m.At[0] != '/' {
				t.Errorf("mounted at %q", m.At)
			}
		}
	})
}
