package container

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// Bases as they are distributed, with their own dynamic linker and programs. They are
// fetched from Debian's archive. Alpine's own packages are not there: its C library
// and its busybox, laid out as Alpine does, stand for it.
var bases = []struct {
	name string
	box  string // as of try
	make string // shell; $R is the root, $B busybox
	more string // shell that must succeed inside the sandbox as well
}{
	{"Debian, merged /usr", "", "debootstrap --variant=minbase bookworm $R; [ -L $R/bin ]",
		"perl -e 'print 1' && find /usr/share/doc/dash && ! cat /etc/gshadow"},
	{"Debian, unmerged /usr", "", "debootstrap --variant=minbase --no-merged-usr bullseye $R; [ ! -L $R/bin ]",
		"perl -e 'print 1' && find /usr/share/doc/dash"},
	{"musl and busybox (as Alpine)", "busybox ", `
		mkdir -p $R/bin $R/lib $R/usr/bin $R/usr/lib $R/etc
		cd $R/usr; apt-get download -q musl musl-dev; for d in *.deb; do dpkg-deb -x $d $R/usr/debs; done; rm *.deb
		cp debs/lib/x86_64-linux-musl/libc.so $R/lib/ld-musl-x86_64.so.1
		ln -s /lib/ld-musl-x86_64.so.1 $R/lib/libc.musl-x86_64.so.1
		echo 'int puts(const char *); int main(void) { return puts("musl") < 0; }' >c.c
		gcc -nostdinc -nostdlib -o $R/usr/bin/dynamic c.c -fno-stack-protector -Wl,-dynamic-linker,/lib/ld-musl-x86_64.so.1 \
			debs/usr/lib/x86_64-linux-musl/Scrt1.o debs/usr/lib/x86_64-linux-musl/crti.o -Ldebs/lib/x86_64-linux-musl -lc debs/usr/lib/x86_64-linux-musl/crtn.o
		rm -r debs c.c; cp $B $R/bin/`,
		"[ \"$(/usr/bin/dynamic)\" = musl ]"},
}

// TestBases fetches some hundred megabytes and takes minutes.
func TestBases(t *testing.T) {
	if os.Getenv("NONO_LONG") == "" {
		t.Skip("set NONO_LONG=1 to fetch bases of containers from Debian's archive")
	}
	testenv.RequireLandlock(t, 1)
	busybox := staticBusybox(t)
	for _, tool := range []string{"debootstrap", "gcc", "apt-get"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	s := suite.Build(t, suite.Newest)
	specs := shippedSpecs(t)
	for _, b := range bases {
		t.Run(b.name, func(t *testing.T) {
			testenv.PrivateMounts(t, func() {
				root := plant(t, b.make+"; rm -rf $R/dev", busybox)
				// No subtests: they would run on threads that do not see the private mounts.
				for name, text := range specs {
					t.Logf("with %s", name)
					try(t, s, text, root, b.box)
					argv := append(append([]string{"/shim", "/spec", "--"}, strings.Fields(b.box)...), "sh", "-ec", b.more)
					if out, err := inside(root, argv...); err != nil {
						t.Errorf("%s: %v: %s", b.more, err, out)
					}
				}
			})
		})
	}
}
