package policy

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// ownDev gives the machine a /dev of its own, so that a syslog daemon of the test can
// have /dev/log.
const ownDev = `mkdir /srv/dev; mount -t tmpfs -o mode=755 tmpfs /srv/dev
for n in null zero full random urandom; do touch /srv/dev/$n; mount --bind /dev/$n /srv/dev/$n; done
mount --move /srv/dev /dev
`

// record finds the record of a start in a text and reads it.
func record(t *testing.T, out string) map[string]any {
	t.Helper()
	_, rest, found := strings.Cut(out, `{"event":"start"`)
	line, _, ended := strings.Cut(rest, "\n")
	if !found || !ended {
		t.Fatalf("there is no record: %s", out)
	}
	var r map[string]any
	if err := json.Unmarshal([]byte(`{"event":"start"`+line), &r); err != nil {
		t.Fatalf("the record is no JSON: %v\n%s", err, line)
	}
	return r
}

func TestStartsAreRecordedInAFile(t *testing.T) {
	out := machine(t, suite.Build(t, suite.Newest), `mkdir -m 755 /srv/log; touch /srv/log/starts; chmod 622 /srv/log/starts
echo 'audit-start /srv/log/starts' > /etc/nono/policy.d/site.profile
cd /srv/p
as nobody "$N/nono-run --allow . --allow /srv -- sh -c 'echo works; echo forged >>/srv/log/starts; cat /srv/log/starts' --token abcdefghijklmnopqrstuvwxyz '
second	\"line\"' 2>&1"
echo "status $?"
cat /srv/log/starts
echo "lines: $(wc -l </srv/log/starts)"`)
	if !strings.Contains(out, "works\n") || strings.Count(out, "ermission denied") != 2 || !strings.Contains(out, "lines: 1\n") {
		t.Errorf("the command could reach its record: %s", out)
	}
	r := record(t, out)
	argv, _ := json.Marshal(r["argv"])
	if r["uid"] != 65534.0 || r["cwd"] != "/srv/p" || !strings.HasSuffix(r["path"].(string), "sh") || r["supervised"] != false ||
		!strings.Contains(string(argv), `"--token","abcd…(26 bytes)","\nsecond\t\"line\""`) {
		t.Errorf("the record says %v", r)
	}
}

func TestStartsAreRecordedInTheSystemLog(t *testing.T) {
	if exec.Command("busybox", "syslogd", "--help").Run() != nil {
		t.Skip("busybox with syslogd is not installed")
	}
	out := machine(t, suite.Build(t, suite.Newest), ownDev+`echo 'audit-start syslog' > /etc/nono/policy.d/site.profile
cd /srv/p
as nobody "$N/nono-run --allow . -- echo ran 2>&1"
echo "without a daemon: $?"
timeout 60 busybox syslogd -n -O /srv/sys.log &
i=0; while [ ! -S /dev/log ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
chmod 666 /dev/log
as nobody "$N/nono-run --allow . -- echo ran 2>&1"
echo "with one: $?"
i=0; while ! grep -q event /srv/sys.log && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
kill %1
cat /srv/sys.log`)
	before, after, _ := strings.Cut(out, "without a daemon: 125\n")
	if strings.Contains(before, "ran") || !strings.Contains(before, "cannot record the start in") || !strings.HasPrefix(after, "ran\nwith one: 0\n") {
		t.Errorf("a start without its record: %s", out)
	}
	if r := record(t, after); r["uid"] != 65534.0 || !strings.Contains(after, "authpriv.notice nono-run[") {
		t.Errorf("the record is %s", after)
	}
}

// What a user can lay at the place of the file makes nothing start, and nothing is
// written through it.
func TestTheRecordGoesToTheFileItself(t *testing.T) {
	out := machine(t, suite.Build(t, suite.Newest), `mkdir -m 1777 /srv/log
echo 'audit-start /srv/log/starts' > /etc/nono/policy.d/site.profile
cd /srv/p
try() { as nobody "$N/nono-run --silent --allow . -- echo ran 2>&1"; echo "$1: $?"; rm -rf /srv/log/starts; }
echo mine > /srv/p/mine; chmod 666 /srv/p/mine
as nobody "ln -s /srv/p/mine /srv/log/starts"; try symlink
as nobody "mkfifo /srv/log/starts"; try fifo
as nobody "mkdir /srv/log/starts"; try directory
touch /srv/log/starts; chmod 600 /srv/log/starts; try closed
try new
cat /srv/p/mine`)
	for _, want := range []string{"symlink: 125\n", "fifo: 125\n", "directory: 125\n", "closed: 125\n", "ran\nnew: 0\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %s", want, out)
		}
	}
	if strings.Count(out, "ran") != 1 || !strings.HasSuffix(out, "mine\n") {
		t.Errorf("%s", out)
	}
}

func TestBadPlacesOfRecords(t *testing.T) {
	s := suite.Build(t, suite.Newest)
	for _, value := range []string{"", "journal", "~/x", "/a/../b", "/srv/*", "relative"} {
		out := machine(t, s, `echo 'audit-start `+value+`' > /etc/nono/policy.d/site.profile
as nobody "$N/nono-run --allow /srv/p -- echo ran 2>&1"; echo "status $?"`)
		if strings.Contains(out, "ran") || !strings.Contains(out, "status 125") {
			t.Errorf("%q: %s", value, out)
		}
	}
}
