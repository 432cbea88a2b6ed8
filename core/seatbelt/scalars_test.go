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
)

const resolver = "/private/var/run/mDNSResponder"

func TestNetworkAndUnixSockets(t *testing.T) {
	connect := func(path string) request { return request{op: "network-outbound", sock: "remote", path: path} }
	dial := request{op: "network-outbound", ip: "remote"}
	listen := request{op: "network-inbound", ip: "local"}
	bind := request{op: "network-bind", ip: "local"}
	inside := request{op: "network-bind", sock: "local", path: "/private/tmp/t/s"}
	for _, test := range []struct {
		name      string
		net, unix bool
		yes, no   []request
	}{
		{"all blocked", false, false,
			[]request{connect("/run/one"), connect("/private/tmp/t/s"), inside},
			[]request{dial, listen, bind, connect(resolver), connect("/other"), connect("/run/one/x"), connect("/run/denied")}},
		{"net allowed", true, false,
			[]request{dial, listen, bind, connect(resolver), connect("/run/one"), connect("/private/tmp/t/s"), inside},
			[]request{connect("/other"), connect("/run/denied"), {op: "network-bind", sock: "local", path: "/other"}}},
		{"sockets allowed", false, true,
			[]request{connect("/other"), connect("/run/one"), connect(resolver), inside, {op: "network-bind", sock: "local", path: "/other"}},
			[]request{dial, listen, bind, connect("/run/denied"), connect("/run/denied/x")}},
		{"all allowed", true, true,
			[]request{dial, listen, bind, connect(resolver), connect("/other"), inside},
			[]request{connect("/run/denied")}},
	} {
		s := &spec.Spec{Net: test.net, UnixSockets: test.unix, Paths: []spec.Path{
			{Kind: spec.UnixSocket, Path: "/run/one"},
			{Kind: spec.Temp, Path: "/tmp/t"},
			{Kind: spec.Deny, Path: "/run/denied"},
			{Kind: spec.Read, Path: "/"},
		}}
		p := profileOf(t, s)
		expect(t, test.name, p, true, test.yes...)
		expect(t, test.name, p, false, test.no...)
		for _, r := range append(test.yes, test.no...) {
			if r.sock == "remote" {
				if got, _ := Decision(s, Connect, r.path); got != p.allows(&r) {
					t.Errorf("%s: Decision(Connect, %s) = %v", test.name, r.path, got)
				}
			}
		}
	}
}

func expect(t *testing.T, name string, p *profile, want bool, all ...request) {
	t.Helper()
	for _, r := range all {
		for _, p.flat = range []bool{false, true} {
			if p.allows(&r) != want {
				t.Errorf("%s: %+v is %v", name, r, !want)
			}
		}
	}
}

// The ways by which something outside the sandbox would act for the command.
func TestWaysOutAreClosed(t *testing.T) {
	open := &spec.Spec{Net: true, UnixSockets: true, Rmdir: true, IPC: true,
		Paths: []spec.Path{{Kind: spec.Allow, Path: "/"}, {Kind: spec.Device, Path: "/dev"}, {Kind: spec.Temp, Path: "/private/tmp"}}}
	for _, s := range []*spec.Spec{{}, open} {
		p := profileOf(t, s)
		for _, op := range []string{"appleevent-send", "job-creation", "lsopen", "file-mount", "file-unmount", "file-mount-update",
			"file-mknod", "file-chroot", "file-graft", "fs-snapshot-create", "fs-snapshot-mount", "nvram-set", "iokit-open",
			"user-preference-read", "user-preference-write", "authorization-right-obtain", "device-camera", "hid-control",
			"file-issue-extension", "generic-issue-extension", "mach-register",
			"process-info-pidinfo", "signal", "mach-priv-task-port", "system-privilege", "file-ungraft", "fs-snapshot-delete",
			"fs-snapshot-revert", "nvram-get", "nvram-delete", "mach-priv-host-port", "mach-task-inspect", "mach-task-read"} {
			expect(t, op, p, false, request{op: op, path: "/Users/u/x"})
		}
		for _, op := range []string{"file-clone", "file-link", "process-exec", "process-exec-interpreter"} {
			expect(t, op, p, s == open, request{op: op, path: "/Users/u/x"})
		}
		for _, service := range []string{"com.apple.SecurityServer", "com.apple.securityd", "com.apple.securityd.xpc",
			"com.apple.pasteboard.1", "com.apple.coreservices.launchservicesd", "com.apple.coreservices.appleevents",
			"com.apple.lsd.mapdb", "com.apple.windowserver.active", "com.apple.tccd", "com.apple.cfprefsd.agent",
			"com.apple.diskarbitrationd", "com.apple.xpc.launchd.domain.user", "com.apple.system.notification_center"} {
			expect(t, service, p, false, request{op: "mach-lookup", name: service})
		}
		for _, name := range []string{"kern.procargs2", "kern.procargs2.1", "kern.procargs"} {
			expect(t, name, p, false, request{op: "sysctl-read", name: name})
		}
		expect(t, "own processes", p, true, request{op: "signal", same: true}, request{op: "process-info-pidinfo", same: true},
			request{op: "process-fork"}, request{op: "pseudo-tty"}, request{op: "sysctl-read", name: "hw.ncpu"},
			request{op: "mach-lookup", name: "com.apple.system.opendirectoryd.libinfo"},
			request{op: "file-read-metadata", path: "/Users/u/.ssh"})
		expect(t, "IPC", p, s.IPC, request{op: "ipc-posix-shm-write-create"}, request{op: "ipc-sysv-shm"}, request{op: "ipc-posix-sem"})
		expect(t, "certificates", p, s.Net, request{op: "mach-lookup", name: "com.apple.trustd.agent"})
	}
}

// A terminal that is not this sandbox's own cannot be opened.
func TestOtherTerminals(t *testing.T) {
	p := profileOf(t, &spec.Spec{Paths: []spec.Path{{Kind: spec.Device, Path: "/dev/ttys001"}}})
	for _, op := range []string{"file-read-data", "file-write-data"} {
		expect(t, "granted", p, true, request{op: op, path: "/dev/ttys001"})
		expect(t, "another", p, false, request{op: op, path: "/dev/ttys002"})
	}
}

// Directories: made anywhere, removed and cloned only where that is safe.
func TestDirectories(t *testing.T) {
	s := &spec.Spec{Paths: []spec.Path{
		{Kind: spec.Allow, Path: "/w"}, {Kind: spec.Temp, Path: "/t"},
		{Kind: spec.DenyWrite, Path: "/w/a/b"}, {Kind: spec.Deny, Path: "/t/k"},
	}}
	unlink := func(path string, dir bool) request {
		return request{op: "file-write-unlink", path: path, dir: dir}
	}
	for _, s.Rmdir = range []bool{false, true} {
		p := profileOf(t, s)
		expect(t, "files", p, true, unlink("/w/f", false), unlink("/t/f", false), unlink("/w/c/f", false))
		expect(t, "directories of temp", p, true, unlink("/t/d", true))
		expect(t, "directories", p, s.Rmdir, unlink("/w/d", true))
		expect(t, "the granted and those on the way", p, false, unlink("/w", true), unlink("/t", true), unlink("/w/a", true),
			unlink("/w/A", true), unlink("/w/a", false), unlink("/t/k", true), unlink("/t/K", true), unlink("/w/a/b/c", true))
		expect(t, "made", p, true, request{op: "file-write-create", path: "/w/d", dir: true})
		expect(t, "made on the way", p, false, request{op: "file-write-create", path: "/w/a", dir: true},
			request{op: "file-write-create", path: "/w/A", dir: true})
		expect(t, "clones", p, true, request{op: "file-clone", path: "/w/f"})
		expect(t, "clones of directories", p, false, request{op: "file-clone", path: "/w/d", dir: true},
			request{op: "file-clone", path: "/t/d", dir: true})
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
