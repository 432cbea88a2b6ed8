package carve

import (
	"testing"
)

// The letters: r read, x execute, w write a file, i ioctl, u connect, l list,
// c create and remove, d remove directories.
func TestRules(t *testing.T) {
	const home = "f h/open; f h/key; d h/ssh; f h/ssh/id; d h/src; f h/src/main"
	for _, c := range []struct {
		name, tree, spec, want, chains string
	}{
		{"nothing", home, "", "", ""},
		{"grants add up", "f a/b/f; f a/g", "read /a; write /a/b",
			"/a rxl; /a/g rx; /a/b rxwlc; /a/b/f rxw", ""},
		{"rmdir is the write grants'", "f a/f; f b/f", "rmdir allow; write /a; read /b", "/a wcd; /a/f w; /b rxl; /b/f rx", ""},
		{"temp", "d t/sub", "temp /t", "/t rxwlcd; /t/sub rxwlcd", ""},
		{"one file", "f a/f; f a/g", "allow-file /a/f", "/a/f rxw", ""},
		{"a file that is written only", "f a/f", "write-file /a/f", "/a/f w", ""},
		{"file grants take fifos", "p a/p", "allow-file /a/p", "/a/p rxw", ""},
		{"a socket", "s a/s; s a/z", "unix-socket /a/s", "/a/s u", ""},

		{"deny a file", home, "allow /h; deny /h/key",
			"/h l; /h/open rxw; /h/ssh rxwlc; /h/ssh/id rxw; /h/src rxwlc; /h/src/main rxw", "/h rxwc"},
		{"deny a directory", home, "allow /h; deny /h/ssh",
			"/h/open rxw; /h/key rxw; /h/src rxwlc; /h/src/main rxw", "/h rxwlc"},
		{"deny what is absent", home, "allow /h; deny /h/aws",
			"/h l; /h/open rxw; /h/key rxw; /h/ssh rxwlc; /h/ssh/id rxw; /h/src rxwlc; /h/src/main rxw", "/h rxwc"},
		{"deny beneath what is absent", home, "read /h; deny /h/config/gh/hosts",
			"/h l; /h/open rx; /h/key rx; /h/ssh rxl; /h/ssh/id rx; /h/src rxl; /h/src/main rx", "/h rx"},
		{"deny beneath a file", home, "read /h; deny /h/key/x/y",
			"/h l; /h/open rx; /h/key rx; /h/ssh rxl; /h/ssh/id rx; /h/src rxl; /h/src/main rx", "/h rx"},
		{"names that begin alike", "d h/ssh; f h/sshfoo/f; f h/ss", "allow /h; deny /h/ssh",
			"/h/sshfoo rxwlc; /h/sshfoo/f rxw; /h/ss rxw", "/h rxwlc"},
		{"deny deep", "f h/a/b/c/f; f h/a/b/g; f h/a/x; d h/y", "read /h; deny /h/a/b/c/f",
			"/h l; /h/y rxl; /h/a l; /h/a/x rx; /h/a/b l; /h/a/b/g rx; /h/a/b/c l", "/h rx; /h/a rx; /h/a/b rx; /h/a/b/c rx"},
		{"a symlink to what is granted", "f usr/bin/sh; l bin usr/bin; l lib64 usr/bin", "read /usr; read /bin; read? /lib64; read-file /bin/sh",
			"/usr rxl; /usr/bin rxl; /usr/bin/sh rx", ""},
		{"a symlink to a part with a deny beneath", "f usr/bin/sh; f usr/bin/rm; l bin usr/bin", "read /usr; read /bin; deny /usr/bin/rm; deny /bin/rm",
			"/usr l; /usr/bin l; /usr/bin/sh rx", "/usr rx; /usr/bin rx"},
		{"deny a symlink", home + "; l h/link /h/ssh", "allow /h; deny /h/link",
			"/h l; /h/open rxw; /h/key rxw; /h/ssh rxwlc; /h/ssh/id rxw; /h/src rxwlc; /h/src/main rxw", "/h rxwc"},
		{"deny a symlink and its target", home + "; l h/link /h/ssh", "allow /h; deny /h/link; deny /h/ssh",
			"/h/open rxw; /h/key rxw; /h/src rxwlc; /h/src/main rxw", "/h rxwlc"},
		{"deny through a symlink is about that name", home + "; l h/link /h/ssh", "allow /h; deny /h/link/id",
			"/h l; /h/open rxw; /h/key rxw; /h/ssh rxwlc; /h/ssh/id rxw; /h/src rxwlc; /h/src/main rxw", "/h rxwc"},
		{"deny through a symlink, and what that is", home + "; f h/ssh/pub; l h/link /h/ssh", "allow /h; deny /h/link/id; deny /h/ssh/id",
			"/h l; /h/open rxw; /h/key rxw; /h/ssh l; /h/ssh/pub rxw; /h/src rxwlc; /h/src/main rxw", "/h rxwc; /h/ssh rxwc"},
		{"deny beneath a deny", "f h/s/t/f; f h/g", "allow /h; deny /h/s; deny /h/s/t; deny /h/s/t/f",
			"/h/g rxw", "/h rxwlc"},
		{"deny the grant itself gives it back", home, "allow /h/ssh; deny /h/ssh", "/h/ssh rxwlc; /h/ssh/id rxw", ""},
		{"grant beneath a deny", "f h/ssh/known; f h/ssh/id; f h/ssh/d/f; f h/g", "allow /h; deny /h/ssh; read-file /h/ssh/known; read /h/ssh/d",
			"/h/g rxw; /h/ssh/known rx; /h/ssh/d rxl; /h/ssh/d/f rx", "/h rxwlc"},
		{"grant, deny, grant, deny", "f a/b/c/d/f; f a/b/c/g; f a/b/x; f a/y", "allow /a; deny /a/b; read /a/b/c; deny /a/b/c/d",
			"/a/y rxw; /a/b/c/g rx", "/a rxwlc; /a/b/c rxl"},
		{"several grants over one deny", "f a/b/c/f; f a/b/g; f a/y", "read /a; write /a/b; deny /a/b/c",
			"/a/y rx; /a/b/g rxw", "/a rxl; /a/b rxwlc"},
		{"a grant on the deny's sibling", "f a/b/f; f a/c/f", "deny /a/b; read /a/c", "/a/c rxl; /a/c/f rx", ""},
		{"deny without any grant", home, "deny /h/ssh", "", ""},

		{"deny-write a file", "f h/rc; f h/g", "allow /h; deny-write /h/rc",
			"/h rxl; /h/rc rx; /h/g rxw", "/h wc"},
		{"deny-write a directory", "f h/bin/x; f h/g; d h/d", "allow /h; deny-write /h/bin",
			"/h rxl; /h/bin rxl; /h/bin/x rx; /h/g rxw; /h/d rxwlc", "/h wc"},
		{"deny-write under a read grant costs nothing", "f h/bin/x", "read /h; deny-write /h/bin", "/h rxl; /h/bin rxl; /h/bin/x rx", ""},
		{"deny-write under a write grant", "f h/bin/x; f h/g", "write /h; deny-write /h/bin", "/h/g w", "/h wc"},
		{"deny-write what is absent", "f h/g", "allow /h; deny-write /h/rc", "/h rxl; /h/g rxw", "/h wc"},
		{"grant beneath a deny-write", "f h/bin/x; f h/bin/y", "allow /h; deny-write /h/bin; allow-file /h/bin/x",
			"/h rxl; /h/bin rxl; /h/bin/x rxw; /h/bin/y rx", "/h wc"},
		{"deny beneath a deny-write", "f h/cfg/tok; f h/cfg/rc; f h/g", "allow /h; deny-write /h/cfg; deny /h/cfg/tok",
			"/h l; /h/cfg l; /h/cfg/rc rx; /h/g rxw", "/h rxwc; /h/cfg rx"},
		{"deny-write beneath a deny", "f h/s/rc; f h/g", "allow /h; deny /h/s; deny-write /h/s/rc", "/h/g rxw", "/h rxwlc"},
		{"deny and deny-write of one path", "f h/s; f h/g", "allow /h; deny-write /h/s; deny /h/s", "/h l; /h/g rxw", "/h rxwc"},
		{"rmdir is taken by deny-write", "d h/bin; d h/d", "rmdir allow; allow /h; deny-write /h/bin",
			"/h rxl; /h/bin rxl; /h/d rxwlcd", "/h wcd"},
		{"fifos and sockets are carved too", "p h/p; s h/s; f h/key", "allow /h; deny /h/key", "/h l; /h/p rxw; /h/s rxw", "/h rxwc"},
		{"symlinks get nothing", "l h/l /o/f; f o/f; f h/key", "allow /h; deny /h/key", "/h l", "/h rxwc"},
		{"optional and missing", "d a", "read? /b; read-file? /a/f/g; allow? /a/c", "", ""},
		{"optional and there", "f a/f", "read-file? /a/f", "/a/f rx", ""},
		{"more than eight names", "f a/1; f a/2; f a/3; f a/4; f a/5; f a/6; f a/7; f a/8; f a/9; f a/10; f a/11",
			"read /a; deny /a/1; deny /a/2; deny /a/3; deny /a/4; deny /a/5; deny /a/6; deny /a/7; deny /a/8; deny /a/9; deny /a/10",
			"/a l; /a/11 rx", "/a rx"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := scratch(t)
			plantTree(t, dir, c.tree)
			before := openFDs(t)
			r := carveNow(lines(t, dir, c.spec))
			r.check(t, dir, c.want)
			if got := r.chainPaths(dir); got != c.chains {
				t.Errorf("chains: %s\nwant:   %s", got, c.chains)
			}
			if after := openFDs(t); after != before {
				t.Errorf("%d descriptors were open before, %d after", before, after)
			}
		})
	}
}
