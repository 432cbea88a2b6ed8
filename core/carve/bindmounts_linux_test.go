package carve

import (
	"slices"
	"testing"

	"github.com/nono-sandbox/nono/core/mountinfo"
	"github.com/nono-sandbox/nono/core/spec"
)

const mounted = `20 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
22 20 254:0 /home/u /mnt/a\040b rw - ext4 /dev/vda rw
23 20 254:1 / /srv rw - ext4 /dev/vdb rw
24 23 254:1 /deep /srv/x rw - ext4 /dev/vdb rw
25 23 0:30 / /srv rw - tmpfs none rw
26 25 254:1 /deep/er /srv/y rw - ext4 /dev/vdb rw
27 20 254:0 /etc/hosts /etc/hosts rw - ext4 /dev/vda rw
`

func TestBindMountsAdd(t *testing.T) {
	m, _ := mountinfo.ParseTree([]byte(mounted))
	for _, c := range []struct {
		deny string
		want []string
	}{
		{"/home/u/.ssh", []string{"/mnt/a b/.ssh"}},
		{"/home", []string{"/mnt/a b"}},
		{"/mnt/a b/.ssh", []string{"/home/u/.ssh"}},
		{"/srv/y/key", nil}, // its other mounts are hidden
		{"/var", nil},
		{"/etc", []string{"/etc/hosts"}},
	} {
		root := &node{path: "/"}
		p := &spec.Path{Kind: spec.Deny, Path: c.deny}
		on := m.On(p.Path)
		root.addNames(m, p, p.Path, on.Dev, on.Inside(p.Path))
		var got []string
		var collect func(n *node)
		collect = func(n *node) {
			if n.deny {
				got = append(got, n.path)
			}
			for _, k := range n.kids {
				collect(k)
			}
		}
		collect(root)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s is also %q, want %q", c.deny, got, c.want)
		}
	}
}
