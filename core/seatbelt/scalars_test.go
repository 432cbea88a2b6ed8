package seatbelt

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/testenv/sbpl"
)

const resolver = "/private/var/run/mDNSResponder"

func TestNetworkAndUnixSockets(t *testing.T) {
	connect := func(path string) sbpl.Request {
		return sbpl.Request{Op: "network-outbound", Sock: "remote", Path: path}
	}
	dial := sbpl.Request{Op: "network-outbound", IP: "remote"}
	listen := sbpl.Request{Op: "network-inbound", IP: "local"}
	bind := sbpl.Request{Op: "network-bind", IP: "local"}
	inside := sbpl.Request{Op: "network-bind", Sock: "local", Path: "/private/tmp/t/s"}
	for _, test := range []struct {
		name      string
		net, unix bool
		yes, no   []sbpl.Request
	}{
		{"all blocked", false, false,
			[]sbpl.Request{connect("/run/one"), connect("/run/one/x"), connect("/private/tmp/t/s"), inside},
			[]sbpl.Request{dial, listen, bind, connect(resolver), connect("/other"), connect("/run/oner"), connect("/run/denied")}},
		{"net allowed", true, false,
			[]sbpl.Request{dial, listen, bind, connect(resolver), connect("/run/one"), connect("/private/tmp/t/s"), inside},
			[]sbpl.Request{connect("/other"), connect("/run/denied"), {Op: "network-bind", Sock: "local", Path: "/other"}}},
		{"sockets allowed", false, true,
			[]sbpl.Request{connect("/other"), connect("/run/one"), connect(resolver), inside, {Op: "network-bind", Sock: "local", Path: "/other"}},
			[]sbpl.Request{dial, listen, bind, connect("/run/denied"), connect("/run/denied/x")}},
		{"all allowed", true, true,
			[]sbpl.Request{dial, listen, bind, connect(resolver), connect("/other"), inside},
			[]sbpl.Request{connect("/run/denied")}},
	} {
		s := &spec.Spec{Switches: spec.Switches{Net: test.net, UnixSockets: test.unix}, Paths: []spec.Path{
			{Kind: spec.UnixSocket, Path: "/run/one"},
			{Kind: spec.Temp, Path: "/tmp/t"},
			{Kind: spec.Deny, Path: "/run/denied"},
			{Kind: spec.Read, Path: "/"},
		}}
		p := profileOf(t, s)
		expect(t, test.name, p, true, test.yes...)
		expect(t, test.name, p, false, test.no...)
		for _, r := range append(test.yes, test.no...) {
			if r.Sock == "remote" {
				if got, _ := Decision(s, "", Connect, r.Path); got != p.Allows(&r) {
					t.Errorf("%s: Decision(Connect, %s) = %v", test.name, r.Path, got)
				}
			}
		}
	}
}

func expect(t *testing.T, name string, p *sbpl.Profile, want bool, all ...sbpl.Request) {
	t.Helper()
	for _, r := range all {
		for _, p.Flat = range []bool{false, true} {
			if p.Allows(&r) != want {
				t.Errorf("%s: %+v is %v", name, r, !want)
			}
		}
	}
}

// The ways by which something outside the sandbox would act for the command.
func TestWaysOutAreClosed(t *testing.T) {
	open := &spec.Spec{Switches: spec.Switches{Net: true, UnixSockets: true, Rmdir: true, IPC: true},
		Paths: []spec.Path{{Kind: spec.Allow, Path: "/"}, {Kind: spec.Device, Path: "/dev"}, {Kind: spec.Temp, Path: "/private/tmp"}}}
	for _, s := range []*spec.Spec{{}, open} {
		p := profileOf(t, s)
		for _, op := range []string{"appleevent-send", "job-creation", "lsopen", "file-mount", "file-unmount", "file-mount-update",
			"file-mknod", "file-chroot", "file-graft", "fs-snapshot-create", "fs-snapshot-mount", "nvram-set", "iokit-open",
			"user-preference-read", "user-preference-write", "authorization-right-obtain", "device-camera", "hid-control",
			"file-issue-extension", "generic-issue-extension", "mach-register",
			"process-info-pidinfo", "signal", "mach-priv-task-port", "system-privilege", "file-ungraft", "fs-snapshot-delete",
			"fs-snapshot-revert", "nvram-get", "nvram-delete", "mach-priv-host-port", "mach-task-inspect", "mach-task-read",
			"mach-host-exception-port-set", "mach-host-special-port-set", "fs-quota-set", "file-write-flags", "file-write-acl"} {
			expect(t, op, p, false, sbpl.Request{Op: op, Path: "/Users/u/x"})
		}
		for _, op := range []string{"file-clone", "file-link", "process-exec", "process-exec-interpreter"} {
			expect(t, op, p, s == open, sbpl.Request{Op: op, Path: "/Users/u/x"})
		}
		for _, service := range []string{"com.apple.SecurityServer", "com.apple.securityd", "com.apple.securityd.xpc",
			"com.apple.pasteboard.1", "com.apple.coreservices.launchservicesd", "com.apple.coreservices.appleevents",
			"com.apple.lsd.mapdb", "com.apple.windowserver.active", "com.apple.tccd", "com.apple.cfprefsd.agent",
			"com.apple.diskarbitrationd", "com.apple.xpc.launchd.domain.user", "com.apple.system.notification_center", "com.apple.security.authhost"} {
			expect(t, service, p, false, sbpl.Request{Op: "mach-lookup", Name: service})
		}
		for _, name := range []string{"kern.procargs2", "kern.procargs2.1", "kern.procargs"} {
			expect(t, name, p, false, sbpl.Request{Op: "sysctl-read", Name: name})
		}
		expect(t, "own processes", p, true, sbpl.Request{Op: "signal", Same: true}, sbpl.Request{Op: "process-info-pidinfo", Same: true},
			sbpl.Request{Op: "process-fork"}, sbpl.Request{Op: "pseudo-tty"}, sbpl.Request{Op: "sysctl-read", Name: "hw.ncpu"},
			sbpl.Request{Op: "mach-lookup", Name: "com.apple.system.opendirectoryd.libinfo"},
			sbpl.Request{Op: "file-read-metadata", Path: "/Users/u/.ssh"})
		expect(t, "IPC", p, s.IPC, sbpl.Request{Op: "ipc-posix-shm-write-create"}, sbpl.Request{Op: "ipc-sysv-shm"}, sbpl.Request{Op: "ipc-posix-shm-read-data", Name: "/x"})
		expect(t, "a network's service by default", p, s.Net, sbpl.Request{Op: "mach-lookup", Name: "com.apple.SystemConfiguration.DNSConfiguration"})
		expect(t, "semaphores", p, true, sbpl.Request{Op: "ipc-posix-sem-create", Name: "/mp-x"}, sbpl.Request{Op: "ipc-posix-sem"})
		expect(t, "OpenMP", p, true, sbpl.Request{Op: "ipc-posix-shm-write-create", Name: "/__KMP_REGISTERED_LIB_123"},
			sbpl.Request{Op: "ipc-posix-shm-read-data", Name: "/__KMP_REGISTERED_LIB_123"})
		expect(t, "a name like OpenMP's", p, s.IPC, sbpl.Request{Op: "ipc-posix-shm-write-create", Name: "/__KMP_REGISTERED_LIB_123x"})
		for _, service := range []string{"com.apple.FSEvents", "com.apple.SystemConfiguration.configd", "com.apple.bsd.dirhelper"} {
			expect(t, service, p, true, sbpl.Request{Op: "mach-lookup", Name: service})
			expect(t, service, p, false, sbpl.Request{Op: "mach-lookup", Name: service, Space: "xpc-service-name"})
		}
		expect(t, "certificates", p, s.Net, sbpl.Request{Op: "mach-lookup", Name: "com.apple.trustd.agent"})
	}
}

// A terminal that is not this sandbox's own cannot be opened.
func TestOtherTerminals(t *testing.T) {
	p := profileOf(t, &spec.Spec{Paths: []spec.Path{{Kind: spec.Device, Path: "/dev/ttys001"}}})
	for _, op := range []string{"file-read-data", "file-write-data"} {
		expect(t, "granted", p, true, sbpl.Request{Op: op, Path: "/dev/ttys001"})
		expect(t, "another", p, false, sbpl.Request{Op: op, Path: "/dev/ttys002"})
	}
}

// Directories: made anywhere, removed and cloned only where that is safe.
func TestDirectories(t *testing.T) {
	s := &spec.Spec{Paths: []spec.Path{
		{Kind: spec.Allow, Path: "/w"}, {Kind: spec.Temp, Path: "/t"},
		{Kind: spec.DenyWrite, Path: "/w/a/b"}, {Kind: spec.Deny, Path: "/t/k"},
	}}
	unlink := func(path string, dir bool) sbpl.Request {
		return sbpl.Request{Op: "file-write-unlink", Path: path, Dir: dir}
	}
	for _, s.Rmdir = range []bool{false, true} {
		p := profileOf(t, s)
		expect(t, "files", p, true, unlink("/w/f", false), unlink("/t/f", false), unlink("/w/c/f", false))
		expect(t, "directories of temp", p, true, unlink("/t/d", true))
		expect(t, "directories", p, s.Rmdir, unlink("/w/d", true))
		expect(t, "the granted and those on the way", p, false, unlink("/w", true), unlink("/t", true), unlink("/w/a", true),
			unlink("/w/A", true), unlink("/w/a", false), unlink("/t/k", true), unlink("/t/K", true), unlink("/w/a/b/c", true))
		expect(t, "made", p, true, sbpl.Request{Op: "file-write-create", Path: "/w/d", Dir: true})
		expect(t, "made on the way", p, false, sbpl.Request{Op: "file-write-create", Path: "/w/a", Dir: true},
			sbpl.Request{Op: "file-write-create", Path: "/w/A", Dir: true})
		expect(t, "clones", p, true, sbpl.Request{Op: "file-clone", Path: "/w/f"})
		expect(t, "clones of directories", p, false, sbpl.Request{Op: "file-clone", Path: "/w/d", Dir: true},
			sbpl.Request{Op: "file-clone", Path: "/t/d", Dir: true})
	}
}

// The shim links this package: it must stay as small as it looks.
func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	allowed := []string{"cmp", "slices", "strings", "unicode/utf8",
		"github.com/nono-sandbox/nono/core/fault", "github.com/nono-sandbox/nono/core/spec"}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range f.Imports {
			if path, _ := strconv.Unquote(imp.Path.Value); !slices.Contains(allowed, path) {
				t.Errorf("%s imports %s", file, path)
			}
		}
	}
}

// The Keychain opens by its own switch alone.
func TestKeychain(t *testing.T) {
	for _, open := range []bool{false, true} {
		p := profileOf(t, &spec.Spec{Switches: spec.Switches{Keychain: open}, Paths: []spec.Path{{Kind: spec.Read, Path: "/usr/lib"}}})
		for _, service := range []string{"com.apple.SecurityServer", "com.apple.securityd.xpc", "com.apple.secd"} {
			expect(t, service, p, open, sbpl.Request{Op: "mach-lookup", Name: service})
		}
		expect(t, "others", p, false, sbpl.Request{Op: "mach-lookup", Name: "com.apple.pasteboard.1"},
			sbpl.Request{Op: "ipc-posix-shm-read-data", Name: "/x"}, sbpl.Request{Op: "authorization-right-obtain"})
	}
}
