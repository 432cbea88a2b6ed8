package sbpl

import "strings"

// What the names are and where they are bound is from the lists of operations and
// filters that core/seatbelt/SOURCES.md names. One that a release does not bind
// makes its compiler refuse the whole profile.

// everywhere are operations that macOS 10.13 and 26 have, and so far every release
// between them that somebody looked at.
const everywhere = ` default
	appleevent-send authorization-right-obtain device* device-camera device-microphone
	distributed-notification-post dynamic-code-generation
	file* file-chroot file-clone file-ioctl file-issue-extension file-link file-map-executable file-mknod
	file-mount file-mount-update file-read* file-read-data file-read-metadata file-read-xattr file-revoke file-search
	file-test-existence file-unmount file-write* file-write-create file-write-data file-write-mode
	file-write-owner file-write-setugid file-write-times file-write-unlink file-write-xattr
	fs-snapshot* fs-snapshot-create fs-snapshot-delete fs-snapshot-mount fs-snapshot-revert
	generic-issue-extension hid-control iokit* iokit-open
	iokit-set-properties ipc* ipc-posix* ipc-posix-sem ipc-posix-sem* ipc-posix-shm ipc-posix-shm* ipc-posix-shm-read*
	ipc-posix-shm-read-data ipc-posix-shm-read-metadata ipc-posix-shm-write* ipc-posix-shm-write-create
	ipc-posix-shm-write-data ipc-posix-shm-write-unlink ipc-sysv* ipc-sysv-msg ipc-sysv-sem ipc-sysv-shm
	mach* mach-bootstrap mach-lookup mach-priv* mach-register mach-task-name
	network* network-bind network-inbound network-outbound
	process* process-exec process-exec* process-exec-interpreter process-fork process-info*
	process-info-pidinfo process-info-setcontrol pseudo-tty signal sysctl* sysctl-read sysctl-write
	system* system-audit system-fsctl system-info system-privilege system-sched system-socket
	user-preference* user-preference-read user-preference-write `

// somewhere are operations that came, went or were not looked for on some release:
// a profile that is to start everywhere asks (defined? 'NAME) first.
const somewhere = ` file-graft file-ungraft file-lock file-write-acl file-write-finderinfo file-write-flags
	fs-quota* iokit-get-properties iokit-open-service iokit-open-user-client job-creation lsopen
	mach-cross-domain-lookup mach-host-exception-port-set mach-host-special-port-set
	mach-issue-extension mach-per-user-lookup mach-priv-host-port mach-priv-task-port
	mach-task* mach-task-exception-port-set mach-task-inspect mach-task-read mach-task-special-port*
	mach-task-special-port-get mach-task-special-port-set
	managed-preference-read nvram* process-codesigning* process-iopolicy* sandbox-check socket-ioctl socket-option*
	syscall* syscall-mach syscall-mig syscall-unix system-fcntl system-mac-syscall system-package-check `

// filtersEverywhere and filtersSomewhere are the same for filters.
const filtersEverywhere = ` control-name extension extension-class global-name global-name-regex iokit-connection
	iokit-property iokit-registry-entry-class iokit-user-client-class ipc-posix-name literal local local-name mount-relative-literal
	path path-ancestors path-literal path-regex preference-domain prefix process-path regex remote
	require-all require-any require-not right-name socket-domain socket-protocol socket-type subpath sysctl-name target
	vnode-type `

const filtersSomewhere = ` appleevent-destination fcntl-command file-mode fsctl-command global-name-prefix ioctl-command
	ipc-posix-name-prefix ipc-posix-name-regex kernel-mig-routine local-name-prefix local-name-regex mac-policy-name mac-syscall-number
	signing-identifier sysctl-name-prefix sysctl-name-regex syscall-number system-attribute xattr xattr-regex xpc-service-name
	xpc-service-name-prefix xpc-service-name-regex `

// version1 is what version 1 of the language allows, or may allow, unless a rule
// has that very name: what is known of it, and what came to Seatbelt after it.
const version1 = ` dynamic-code-generation file-clone file-graft file-link file-lock file-map-executable
	file-test-existence file-ungraft fs-quota* fs-snapshot-create fs-snapshot-delete fs-snapshot-mount
	fs-snapshot-revert iokit-get-properties mach-host-exception-port-set mach-host-special-port-set mach-priv-host-port
	mach-priv-task-port mach-task-exception-port-set mach-task-inspect mach-task-read mach-task-special-port-get
	mach-task-special-port-set nvram* process-exec-interpreter process-info* sandbox-check
	syscall-mach syscall-mig syscall-unix system-fcntl `

// A set is a list of names as it is looked up.
type set map[string]bool

func setOf(list string) set {
	s := set{}
	for name := range strings.FieldsSeq(list) {
		s[name] = true
	}
	return s
}

var (
	opsEverywhere, opsSomewhere = setOf(everywhere), setOf(somewhere)
	tests, testsSomewhere       = setOf(filtersEverywhere), setOf(filtersSomewhere)
	byVersion1                  = setOf(version1)
)

// Guarded returns the names that only some releases bind.
func Guarded() []string {
	return strings.Fields(somewhere + filtersSomewhere)
}

// bound returns an error unless name may be used here.
func (l *loader) bound(name string, always, sometimes set) error {
	switch {
	case l.unbound(name), !always[name] && !sometimes[name]:
		return errf("unbound variable: %s", name)
	case l.o.Strict && !always[name] && !l.guards[name]:
		return errf("%s is not bound on every release, and stands behind no (defined? '%s)", name, name)
	}
	return nil
}
