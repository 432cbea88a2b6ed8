package sbpl

import (
	"strings"
	"testing"
)

// asked is a profile, a request, and what somebody measured, or what Apple's own
// profiles take for granted; core/seatbelt/SOURCES.md says who.
var facts = []struct {
	name, rules string
	r           Request
	want        bool
}{
	{"nothing matches", ``, Request{Op: "file-read-data", Path: "/a"}, false},
	{"version 1 allows some", ``, Request{Op: "file-clone", Path: "/a"}, true},
	{"version 1 allows some by a wildcard", ``, Request{Op: "nvram-set"}, true},
	{"an existence test is not denied by default", ``, Request{Op: "file-test-existence", Path: "/a"}, true},

	{"the last of equal rules", `(deny file-read-data (literal "/d/f")) (allow file-read-data (subpath "/d"))`,
		Request{Op: "file-read-data", Path: "/d/f"}, true},
	{"the last of equal rules, the other way", `(allow file-read-data (subpath "/d")) (deny file-read-data (literal "/d/f"))`,
		Request{Op: "file-read-data", Path: "/d/f"}, false},

	{"a leaf allowed and a later wildcard deny on a deeper path", `(allow file-write-data (subpath "/d")) (deny file-write* (literal "/d/f"))`,
		Request{Op: "file-write-data", Path: "/d/f"}, true},
	{"a leaf allowed and an earlier wildcard deny on a deeper path", `(deny file-write* (literal "/d/f")) (allow file-write-data (subpath "/d"))`,
		Request{Op: "file-write-data", Path: "/d/f"}, true},
	{"a leaf deny after a wildcard allow", `(allow file-write* (subpath "/d")) (deny file-write-data (literal "/d/f"))`,
		Request{Op: "file-write-data", Path: "/d/f"}, false},
	{"a leaf deny before a wildcard allow", `(deny file-write-data (literal "/d/f")) (allow file-write* (subpath "/d"))`,
		Request{Op: "file-write-data", Path: "/d/f"}, false},
	{"flags denied, the wildcard allowed", `(allow file-write* (subpath "/d")) (deny file-write-flags (subpath "/"))`,
		Request{Op: "file-write-flags", Path: "/d/f"}, false},
	{"and the rest stays", `(allow file-write* (subpath "/d")) (deny file-write-flags (subpath "/"))`,
		Request{Op: "file-write-mode", Path: "/d/f"}, true},

	{"a wildcard deny leaves mounting of snapshots", `(deny fs-snapshot*)`, Request{Op: "fs-snapshot-mount"}, true},
	{"the very name does not", `(deny fs-snapshot-mount)`, Request{Op: "fs-snapshot-mount"}, false},
	{"(deny file*) skips clone", `(deny file*)`, Request{Op: "file-clone", Path: "/a"}, true},
	{"(deny file*) skips link", `(deny file*)`, Request{Op: "file-link", Path: "/a"}, true},
	{"(deny file*) skips graft", `(deny file*)`, Request{Op: "file-graft", Path: "/a"}, true},
	{"(deny file*) skips map-executable", `(deny file*)`, Request{Op: "file-map-executable", Path: "/a"}, true},
	{"(deny file*) skips test-existence", `(deny file*)`, Request{Op: "file-test-existence", Path: "/a"}, true},
	{"(deny file*) reaches mknod", `(allow file-mknod) (deny file*) (deny file-mknod)`, Request{Op: "file-mknod", Path: "/a"}, false},
	{"(deny nvram*) is the very name", `(deny nvram*)`, Request{Op: "nvram-set"}, false},

	{"a bare allow after a filtered deny", `(deny file-read-data (subpath "/d")) (allow file-read-data)`,
		Request{Op: "file-read-data", Path: "/d/f"}, false},
	{"a bare allow elsewhere", `(deny file-read-data (subpath "/d")) (allow file-read-data)`,
		Request{Op: "file-read-data", Path: "/e"}, true},
	{"a bare allow after a bare deny", `(deny file-clone) (allow file-clone)`, Request{Op: "file-clone", Path: "/a"}, true},
	{"a filtered allow after a bare deny", `(deny process-info*) (allow process-info* (target same-sandbox))`,
		Request{Op: "process-info-pidinfo", Same: true}, true},

	{"a rule on /tmp is dead for data", `(allow file-read-data (subpath "/tmp"))`,
		Request{Op: "file-read-data", Path: "/private/tmp/f", As: "/tmp/f"}, false},
	{"a rule on /var is dead for data", `(allow file-read-data (subpath "/var/db"))`,
		Request{Op: "file-read-data", Path: "/private/var/db/f", As: "/var/db/f"}, false},
	{"a rule on the data volume is dead for data", `(deny file-read-data (subpath "/System/Volumes/Data/Users/u")) (allow file-read-data (subpath "/Users"))`,
		Request{Op: "file-read-data", Path: "/Users/u/f", As: "/System/Volumes/Data/Users/u/f"}, true},
	{"the kernel's own path is alive", `(allow file-read-data (subpath "/private/tmp"))`,
		Request{Op: "file-read-data", Path: "/private/tmp/f", As: "/tmp/f"}, true},
	{"an existence test sees the path as it was named", `(deny file-test-existence (subpath "/tmp"))`,
		Request{Op: "file-test-existence", Path: "/private/tmp/f", As: "/tmp/f"}, false},
	{"and not the kernel's", `(deny file-test-existence (subpath "/private/tmp"))`,
		Request{Op: "file-test-existence", Path: "/private/tmp/f", As: "/tmp/f"}, true},

	{"subpath covers the path itself", `(allow file-read-data (subpath "/d"))`, Request{Op: "file-read-data", Path: "/d"}, true},
	{"subpath ends at a name", `(allow file-read-data (subpath "/d"))`, Request{Op: "file-read-data", Path: "/dd"}, false},
	{"the ancestors", `(allow file-read-data (path-ancestors "/a/b/c"))`, Request{Op: "file-read-data", Path: "/a/b", Dir: true}, true},
	{"the root is one", `(allow file-read-data (path-ancestors "/a/b/c"))`, Request{Op: "file-read-data", Path: "/", Dir: true}, true},
	{"the path itself is none", `(allow file-read-data (path-ancestors "/a/b/c"))`, Request{Op: "file-read-data", Path: "/a/b/c"}, false},
	{"nor one beside", `(allow file-read-data (path-ancestors "/a/b/c"))`, Request{Op: "file-read-data", Path: "/a/x"}, false},
	{"expressions are over bytes", `(allow file-read-data (regex #"^/a[^ -~]$"))`, Request{Op: "file-read-data", Path: "/a\u00e9"}, false},
	{"services by XPC have a name space of their own", `(allow mach-lookup) (deny mach-lookup (xpc-service-name-prefix ""))`,
		Request{Op: "mach-lookup", Name: "x", Space: "xpc-service-name"}, false},
	{"and the others are not in it", `(allow mach-lookup (global-name "x")) (deny mach-lookup (xpc-service-name-prefix ""))`,
		Request{Op: "mach-lookup", Name: "x"}, true},
}

func TestFacts(t *testing.T) {
	for _, f := range facts {
		t.Run(f.name, func(t *testing.T) {
			p, err := Load("(version 1)(deny default)"+f.rules, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Allows(&f.r); got != f.want {
				t.Errorf("%s\n%+v is %v", f.rules, f.r, got)
			}
		})
	}
}

// What the compiler refuses, as far as it is known, or what profiles had better not
// have.
func TestRefused(t *testing.T) {
	for text, why := range map[string]string{
		`(allow no-such-operation)`:                      "unbound variable",
		`(allow file-read* (no-such-filter "/a"))`:       "unbound variable",
		`(allow file-read* (path-ancestors "/"))`:        "argument expected",
		`(allow file-ioctl (ioctl-command #x80017472))`:  "not read everywhere",
		`(allow file-read* (literal "/caf\u00e9"))`:      "escape",
		`(allow file-read* (literal "a"))`:               "no path",
		`(allow network-outbound (remote ip "1.2.3.4"))`: "host must be",
		`(allow file-read* (literal (param "NONE")))`:    "parameter",
		`(allow file-read* (literal unknown))`:           "unbound variable",
		`(import "none.sb")`:                             "import",
		`(allow file-read* (vnode-type ANYTHING))`:       "unbound variable",
		`(allow)`:             "without an operation",
		`(allow file-read*`:   "missing",
		`(allow file-read*))`: "too many",
		`(allow file-read* (literal "/` + strings.Repeat("a", 255) + `"))`: "bytes",
	} {
		if _, err := Load("(version 1)\n"+text, Options{}); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%.60s gives %v, not %s", text, err, why)
		}
	}
	if _, err := Load("(deny default)", Options{}); err == nil {
		t.Error("a profile without a version passes")
	}
	if _, err := Load(`(version 1)(import "a")`, Options{Imports: map[string]string{"a": `(import "a")`}}); err == nil {
		t.Error("a file imports itself")
	}
}
