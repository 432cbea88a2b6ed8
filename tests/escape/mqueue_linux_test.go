package escape

import (
	"os"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
	"golang.org/x/sys/unix"
)

// TestMessageQueue: --allow-ipc opens POSIX message queues where /dev/mqueue is
// mounted. Their file system is one that Landlock asks rules for.
func TestMessageQueue(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.RequireRoot(t, "mount")
	s := suite.Build(t, suite.Newest)
	if os.Mkdir("/dev/mqueue", 0o755) == nil {
		t.Cleanup(func() { os.Remove("/dev/mqueue") })
	}
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u)
		for _, test := range []struct {
			flags []string
			want  string
		}{
			{nil, "EPERM"},
			{[]string{"--allow-ipc"}, "ok"},
			{[]string{"--allow-ipc", "--deny", "/dev/mqueue"}, "EACCES"},
		} {
			var got string
			var err error
			testenv.PrivateMounts(t, func() {
				if err = unix.Mount("mqueue", "/dev/mqueue", "mqueue", 0, ""); err == nil {
					got = w.attack(t, door{name: "mq", flags: test.flags}, &s)
				}
			})
			if err != nil {
				t.Skipf("no /dev/mqueue here: %v", err)
			}
			if got != test.want {
				t.Errorf("%v: %s, want %s", test.flags, got, test.want)
			}
		}
	})
}
