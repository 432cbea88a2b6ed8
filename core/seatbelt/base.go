package seatbelt

import "github.com/nono-sandbox/nono/core/spec"

// What every profile begins with. SOURCES.md says where each fact is from. A name
// that some release does not know, or may not, stands behind a (defined? …) of its
// own: one unknown name has the whole profile refused.
const preamble = `(version 1)
(deny default)

; Version 1 allows these whatever the default is, and no wildcard takes them back.
(deny file-clone file-link process-exec-interpreter)
(deny file-chroot file-mknod file-mount file-mount-update file-unmount)
(deny fs-snapshot-create fs-snapshot-delete fs-snapshot-mount fs-snapshot-revert)
(deny network* process-info*)
(if (defined? 'file-graft) (deny file-graft))
(if (defined? 'file-ungraft) (deny file-ungraft))
(if (defined? 'fs-quota*) (deny fs-quota*))
(if (defined? 'nvram*) (deny nvram*))
; Two commands of fcntl(2) write through a descriptor opened for reading.
(if (defined? 'system-fcntl) (if (defined? 'fcntl-command) (deny system-fcntl (fcntl-command 80 110))))

; Handles of other processes, and of the kernel for root.
(if (defined? 'mach-host-exception-port-set) (deny mach-host-exception-port-set))
(if (defined? 'mach-host-special-port-set) (deny mach-host-special-port-set))
(if (defined? 'mach-priv-host-port) (deny mach-priv-host-port))
(if (defined? 'mach-priv-task-port) (deny mach-priv-task-port))
(if (defined? 'mach-task-inspect) (deny mach-task-inspect))
(if (defined? 'mach-task-read) (deny mach-task-read))

; Ways to have a process outside do something: Apple events, open(1), launchd, XPC.
(deny appleevent-send)
(if (defined? 'job-creation) (deny job-creation))
(if (defined? 'lsopen) (deny lsopen))
(if (defined? 'xpc-service-name-prefix) (deny mach-lookup (xpc-service-name-prefix "")))

; Services that programs cannot do without. No Keychain, no pasteboard, no windows.
(allow mach-lookup
  (global-name "com.apple.system.opendirectoryd.libinfo") ; users and groups by name and number
  (global-name "com.apple.system.opendirectoryd.membership") ; the groups of a user
  (global-name "com.apple.bsd.dirhelper") ; where the user's temporary directory is, confstr(3)
  (global-name "com.apple.FSEvents") ; changes in directories, for watchers
  (global-name "com.apple.SystemConfiguration.configd") ; network settings: uv and codex die without
  (global-name "com.apple.logd") ; os_log(3)
  (global-name "com.apple.system.logger")) ; syslog(3)

; Processes of this sandbox see and signal each other alone.
(allow process-fork)
(allow process-info* signal (target same-sandbox))
(allow sysctl-read)
; Arguments and environment of any process.
(deny sysctl-read (sysctl-name "kern.procargs") (sysctl-name "kern.procargs2"))
(if (defined? 'sysctl-name-prefix) (deny sysctl-read (sysctl-name-prefix "kern.procargs")))
(allow sysctl-write (sysctl-name "kern.grade_cputype")) ; a question that passes its answer in

; POSIX semaphores, which Python's multiprocessing makes, and the names under which
; OpenMP libraries find out that they are loaded twice.
(allow ipc-posix-sem)
(if (defined? 'ipc-posix-name-regex)
  (allow ipc-posix-shm-read-data ipc-posix-shm-write-create ipc-posix-shm-write-unlink
    (ipc-posix-name-regex "^/__KMP_REGISTERED_LIB_[0-9]+$")))

; Path resolution reads metadata all along the way.
(allow file-read-metadata)

; Terminals made inside. One that was open before can be used, but not another.
(allow pseudo-tty)
(allow file-read* file-read-data file-write-data
  (require-all (regex "^/dev/ttys[0-9]+$") (extension "com.apple.sandbox.pty")))
(allow file-ioctl (regex "^/dev/ttys[0-9]+$"))
`

const ipc = `
; System V IPC, POSIX shared memory.
(allow ipc-posix* ipc-sysv*)
`

const internet = `
; The network, and what resolving names and checking certificates needs.
(allow network-outbound (remote ip) (control-name "com.apple.netsrc"))
(allow network-bind network-inbound (local ip))
(allow system-socket (socket-domain AF_ROUTE) (require-all (socket-domain AF_SYSTEM) (socket-protocol 2)))
(allow mach-lookup
  (global-name "com.apple.SystemConfiguration.DNSConfiguration") ; name servers
  (global-name "com.apple.trustd") ; certificates
  (global-name "com.apple.trustd.agent"))
`

const keychain = `
; The Keychain, which gives a program every item that it may have.
(allow mach-lookup
  (global-name "com.apple.SecurityServer")
  (global-name "com.apple.securityd.xpc")
  (global-name "com.apple.secd")
  (global-name "com.apple.security.agent") ; asks the user
  (global-name "com.apple.security.authhost"))
(allow ipc-posix-shm-read-data ipc-posix-shm-write-create ipc-posix-shm-write-data
  (ipc-posix-name "com.apple.AppleDatabaseChanged"))
`

const unixSockets = `
(allow system-socket (socket-domain AF_UNIX))
`

// ending comes after all that is granted. A file with a flag such as uchg, or with
// an access control list, could be left where its owner cannot remove it. The filter
// is there because a rule without one yields to every rule with one.
const ending = `
; No file flags (chflags) and no access control lists, within the grants neither.
(if (defined? 'file-write-flags) (deny file-write-flags (subpath "/")))
(if (defined? 'file-write-acl) (deny file-write-acl (subpath "/")))
`

// appendScalars appends what s allows that has no path.
func appendScalars(b []byte, s *spec.Spec, all []rule) []byte {
	if s.IPC {
		b = append(b, ipc...)
	}
	if s.Keychain {
		b = append(b, keychain...)
	}
	if s.Net {
		b = append(b, internet...)
	}
	for i := range all {
		if all[i].grants() && all[i].itself.has(Connect) {
			return append(b, unixSockets...)
		}
	}
	return b
}

// operations returns the SBPL operations of class, each with a space before. A
// rule for one operation beats one for the wildcard that it falls under,
// wherever they stand, so both are named wherever both could matter.
func operations(c Class) string {
	switch c {
	case Read:
		return " file-read-data"
	case Copy:
		return " file-read* file-read-xattr file-clone"
	case Exec:
		return " process-exec process-exec-interpreter"
	case Write:
		return " file-write-data"
	case Attr:
		// Times set with setattrlist(2) go by the wildcard alone.
		return " file-write* file-write-mode file-write-owner file-write-times file-write-xattr"
	case Create:
		return " file-write-create"
	case Remove, RemoveDir:
		return " file-write-unlink"
	case Link:
		return " file-link"
	case Ioctl:
		return " file-ioctl"
	case Bind:
		return " network-bind network-inbound"
	case Connect:
		return " network-outbound"
	}
	return ""
}

// allOperations returns the operations of the classes in s but RemoveDir, which
// shares its own with Remove.
func allOperations(s set) string {
	var ops string
	for c := range classes {
		if s.has(c) && c != RemoveDir {
			ops += operations(c)
		}
	}
	return ops
}
