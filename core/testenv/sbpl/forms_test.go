package sbpl

import "testing"

// forms are what profiles in use have, one of a kind: whose it is, a form as they
// write it, something that it allows, and something that it does not. The words are
// ours.
var forms = []struct {
	whose, rules string
	yes, no      Request
}{
	{"codex, gemini: raw expressions", `(allow file-ioctl (regex #"^/dev/ttys[0-9]+\.x$"))`,
		Request{Op: "file-ioctl", Path: "/dev/ttys001.x"}, Request{Op: "file-ioctl", Path: "/dev/ttys001yx"}},
	{"codex: a quote in a raw expression", `(allow file-read-data (regex #"^/a\"b$"))`,
		Request{Op: "file-read-data", Path: `/a"b`}, Request{Op: "file-read-data", Path: "/ab"}},
	{"gemini: parameters", `(allow file-write* (subpath (param "TARGET")) (subpath (string-append (param "HOME") "/.cache")))`,
		Request{Op: "file-write-data", Path: "/Users/u/.cache/x"}, Request{Op: "file-write-data", Path: "/Users/u/x"}},
	{"codex: excluded paths", `(allow file-write* (require-all (subpath (param "TARGET")) (require-not (literal "/w/.git")) (require-not (subpath "/w/.git"))))`,
		Request{Op: "file-write-create", Path: "/w/a"}, Request{Op: "file-write-create", Path: "/w/.git/a"}},
	{"codex: modifiers", `(allow process-exec (path "/bin/ps") (with no-sandbox))`,
		Request{Op: "process-exec", Path: "/bin/ps"}, Request{Op: "process-exec", Path: "/bin/sh"}},
	{"srt: a message with the default", `(deny default (with message "tag")) (allow process-exec)`,
		Request{Op: "process-exec", Path: "/bin/sh"}, Request{Op: "process-fork"}},
	{"codex: a device", `(allow file-write-data (require-all (path "/dev/null") (vnode-type CHARACTER-DEVICE)))`,
		Request{Op: "file-write-data", Path: "/dev/null", Vnode: "CHARACTER-DEVICE"}, Request{Op: "file-write-data", Path: "/dev/null"}},
	{"codex: shared memory by the beginning of its name", `(allow ipc-posix-shm-read* (ipc-posix-name-prefix "apple.cfprefs."))`,
		Request{Op: "ipc-posix-shm-read-data", Name: "apple.cfprefs.501"}, Request{Op: "ipc-posix-shm-read-data", Name: "other"}},
	{"codex: and by an expression", `(allow ipc-posix-shm-write-create (ipc-posix-name-regex #"^/__KMP_[0-9]+$"))`,
		Request{Op: "ipc-posix-shm-write-create", Name: "/__KMP_12"}, Request{Op: "ipc-posix-shm-write-create", Name: "/__KMP_x"}},
	{"codex: local names", `(allow mach-lookup (global-name "a") (local-name "b"))`,
		Request{Op: "mach-lookup", Name: "b", Space: "local-name"}, Request{Op: "mach-lookup", Name: "b"}},
	{"safehouse: services by an expression", `(allow mach-lookup (global-name-regex #"^com\.apple\.x(\.|$)"))`,
		Request{Op: "mach-lookup", Name: "com.apple.x.y"}, Request{Op: "mach-lookup", Name: "com.apple.xy"}},
	{"gemini: and by their beginning", `(allow mach-lookup) (deny mach-lookup (xpc-service-name-prefix "com.docker.") (global-name-prefix "com.docker."))`,
		Request{Op: "mach-lookup", Name: "com.apple"}, Request{Op: "mach-lookup", Name: "com.docker.x"}},
	{"apple: kernel controls", `(allow network-outbound (control-name "com.apple.netsrc"))`,
		Request{Op: "network-outbound", Name: "com.apple.netsrc"}, Request{Op: "network-outbound", Name: "com.apple.flow-divert"}},
	{"mxc: this machine", `(allow network-outbound) (deny network-outbound (remote ip "localhost:*"))`,
		Request{Op: "network-outbound", IP: "remote", Address: "192.0.2.1:80"}, Request{Op: "network-outbound", IP: "remote", Address: "localhost:80"}},
	{"srt: one port", `(allow network-outbound (remote ip "localhost:3128"))`,
		Request{Op: "network-outbound", IP: "remote", Address: "localhost:3128"}, Request{Op: "network-outbound", IP: "remote", Address: "localhost:80"}},
	{"gemini: a debugger's port", `(allow network-inbound (local ip "localhost:9229"))`,
		Request{Op: "network-inbound", IP: "local", Address: "localhost:9229"}, Request{Op: "network-inbound", IP: "remote", Address: "localhost:9229"}},
	{"srt: all Unix sockets", `(allow network-bind (local unix-socket (path-regex #"^/")))`,
		Request{Op: "network-bind", Sock: "local", Path: "/s"}, Request{Op: "network-bind", IP: "local"}},
	{"codex: Unix sockets beneath a directory", `(allow network-outbound (remote unix-socket (subpath (param "TARGET"))))`,
		Request{Op: "network-outbound", Sock: "remote", Path: "/w/s"}, Request{Op: "network-outbound", Sock: "remote", Path: "/s"}},
	{"box: one Unix socket", `(allow network-outbound (remote unix-socket (path-literal "/s")))`,
		Request{Op: "network-outbound", Sock: "remote", Path: "/s"}, Request{Op: "network-outbound", Sock: "remote", Path: "/s/t"}},
	{"box: this process", `(deny process-info*) (allow process-info* (target self))`,
		Request{Op: "process-info-pidinfo", Self: true}, Request{Op: "process-info-pidinfo", Same: true}},
	{"box: every program", `(allow process-exec*)`,
		Request{Op: "process-exec", Path: "/a"}, Request{Op: "process-fork"}},
	{"mise, maka: directories above", `(allow file-read-data (require-all (path-ancestors (param "TARGET")) (vnode-type DIRECTORY)))`,
		Request{Op: "file-read-data", Path: "/", Dir: true}, Request{Op: "file-read-data", Path: "/"}},
	{"safehouse: functions", `(define HOME "/Users/u") (define (home-subpath rel) (subpath (string-append HOME rel))) (allow file-read* (home-subpath "/.x"))`,
		Request{Op: "file-read-data", Path: "/Users/u/.x/y"}, Request{Op: "file-read-data", Path: "/Users/u/y"}},
	{"safehouse: what begins with a string", `(define (home-prefix rel) (prefix (string-append "/Users/u" rel))) (allow file-read* (home-prefix "/.zcompdump"))`,
		Request{Op: "file-read-data", Path: "/Users/u/.zcompdump-host"}, Request{Op: "file-read-data", Path: "/Users/u/.zshrc"}},
	{"apple: an import, and a function that it has", `(import "system.sb") (system-network)`,
		Request{Op: "system-socket", Name: "x"}, Request{Op: "process-fork"}},
	{"apple: what a release has", `(if (defined? 'system-fcntl) (deny system-fcntl) (allow no-such)) (when (defined? 'file-graft) (deny file-graft))`,
		Request{Op: "file-clone"}, Request{Op: "file-graft"}},
	{"apple: what a parameter says", `(if (param "NONE") (allow process-fork)) (if (equal? (param "HOME") "/Users/u") (allow pseudo-tty))`,
		Request{Op: "pseudo-tty"}, Request{Op: "process-fork"}},
	{"apple: and, or, not", `(if (and (defined? 'file-graft) (not (defined? 'no-such)) (or #f (defined? 'nvram*))) (allow pseudo-tty))`,
		Request{Op: "pseudo-tty"}, Request{Op: "process-fork"}},
	{"apple: any of several", `(allow file-read* (literal "/a" "/b") (require-any (literal "/c") (literal "/d")))`,
		Request{Op: "file-read-data", Path: "/b"}, Request{Op: "file-read-data", Path: "/e"}},
	{"apple: extensions", `(allow file-read* (require-all (regex #"^/dev/ttys") (extension "com.apple.sandbox.pty"))) (allow process-fork)`,
		Request{Op: "process-fork"}, Request{Op: "file-read-data", Path: "/dev/ttys0"}},
	{"srt: the graphics chip", `(allow iokit-open (iokit-registry-entry-class "IOSurfaceRoot") (iokit-user-client-class "AGX"))`,
		Request{Op: "iokit-open", Name: "AGX", Space: "iokit-user-client-class"}, Request{Op: "iokit-open", Name: "x", Space: "iokit-user-client-class"}},
	{"safehouse: preferences", `(allow user-preference-read (preference-domain "com.apple.dt.Xcode"))`,
		Request{Op: "user-preference-read", Name: "com.apple.dt.Xcode"}, Request{Op: "user-preference-read", Name: "x"}},
	{"codex: system calls of a policy", `(allow process-fork) (allow system-mac-syscall (require-all (mac-policy-name "Sandbox") (mac-syscall-number 67))) (allow system-fsctl (fsctl-command FSIOC_CAS_BSDFLAGS))`,
		Request{Op: "process-fork"}, Request{Op: "system-mac-syscall"}},
	{"the Rust nono: denies behind allows", `(allow file-read* (subpath "/Users/u")) (deny file-read-data (subpath "/Users/u/.ssh")) (allow file-read-metadata)`,
		Request{Op: "file-read-metadata", Path: "/Users/u/.ssh"}, Request{Op: "file-read-data", Path: "/Users/u/.ssh/id"}},
}

func TestForms(t *testing.T) {
	o := Options{
		Params:  map[string]string{"TARGET": "/w", "HOME": "/Users/u"},
		Imports: map[string]string{"system.sb": "(version 1)\n(define (system-network)\n (allow system-socket)\n (allow sysctl-read))"},
	}
	for _, f := range forms {
		t.Run(f.whose, func(t *testing.T) {
			p, err := Load("(version 1)\n(deny default)\n"+f.rules, o)
			if err != nil {
				t.Fatal(err)
			}
			if !p.Allows(&f.yes) {
				t.Errorf("denies %+v", f.yes)
			}
			if p.Allows(&f.no) {
				t.Errorf("allows %+v", f.no)
			}
		})
	}
	p, err := Load(`(version 1)(allow process-exec (literal "/bin/ps") (with no-sandbox))(allow process-exec)`, Options{})
	if err != nil || !p.Unconfined("/bin/ps") || p.Unconfined("/bin/sh") {
		t.Errorf("(with no-sandbox) is not what leaves the sandbox: %v", err)
	}
}
