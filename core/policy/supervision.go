package policy

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
)

// Watch is what was asked for that takes a supervisor.
type Watch struct {
	AuditLog      string // the file, as given; empty for no log
	AuditLevel    string // "refused", "exec" or "all"; empty for the usual one
	AuditRequired bool   // end the command if the log cannot be written
	// Explain looks at every open too and says at the end what was refused; Summary
	// is how: "text", "json" or "none", or empty for text on a terminal.
	Explain bool
	Summary string
	// InnerSockets lets Unix sockets that the command makes be connected to from
	// inside, on a kernel where that takes a supervisor.
	InnerSockets bool
	// ProtectRepo makes what runs outside of a sandbox later read-only in the directories
	// that are granted: git's hooks and settings, and those of editors and agents.
	ProtectRepo bool
	// HoldMetadata keeps modes, owners, times and attributes of what may not be written.
	HoldMetadata bool
	// Until is the time of day at which grants end that have no time of their own: those
	// of paths on the command line, and of the working directory. EndKills ends the
	// command at the first end, and no grant.
	Until    string
	EndKills bool
	// Ask asks a person about what the sandbox refuses: in another terminal, or by
	// AskWith, a program. No answer within AskTimeout, a span as 30s, is no.
	Ask        bool
	AskWith    string
	AskTimeout string
	// AskProtected are protected paths that may be asked about too.
	AskProtected []string
	// UndoLimit is how much is copied for --undo at most, as given: bytes, or with K, M, G
	// or T behind a number; empty for the usual amount. UndoBytes is what it comes to.
	UndoLimit string
	UndoBytes int64
	// WaitAll waits for the processes that outlive the command.
	WaitAll bool
	// Endpoints says that credentials stay outside.
	Endpoints bool
	// Record is the descriptor to which is written what the command uses, or 0.
	Record int
}

// ofLevel returns the groups of system calls that the supervisor has to be asked about
// for a level of the log, or nil. The usual level looks at nothing that is only read.
func ofLevel(level string) []spec.Trap {
	switch level {
	case "refused":
		return []spec.Trap{spec.TrapExec, spec.TrapWrites, spec.TrapNames}
	case "exec":
		return []spec.Trap{spec.TrapExec, spec.TrapWrites, spec.TrapNames, spec.TrapConnects}
	case "all":
		return []spec.Trap{spec.TrapExec, spec.TrapOpens, spec.TrapNames, spec.TrapConnects}
	}
	return nil
}

// UsualAuditLevel is the level of a log where none is asked for.
const UsualAuditLevel = "exec"

// traps returns the groups of system calls that w needs.
func (w *Watch) traps() ([]spec.Trap, error) {
	switch {
	case w.AuditLevel != "" && ofLevel(w.AuditLevel) == nil:
		return nil, &fault.Error{Do: "log at the level " + fault.Quote(w.AuditLevel), Err: fault.Text("there is none of that name"),
			Hint: "--audit-level refused, exec or all"}
	case w.AuditLog == "" && (w.AuditLevel != "" || w.AuditRequired):
		return nil, &fault.Error{Do: "log without a file", Hint: "--audit-log FILE names one"}
	case w.Summary != "" && w.Summary != "text" && w.Summary != "json" && w.Summary != "none":
		return nil, &fault.Error{Do: "sum up as " + fault.Quote(w.Summary), Err: fault.Text("there is no such form"),
			Hint: "--summary text, json or none"}
	case w.AuditLog != "" && w.AuditLevel == "":
		w.AuditLevel = UsualAuditLevel
	}
	switch {
	case w.Record != 0:
		return append(ofLevel("all"), spec.TrapFamilies), nil
	case w.Explain:
		return ofLevel("all"), nil
	case w.AuditLog != "":
		return ofLevel(w.AuditLevel), nil
	case w.Summary == "text" || w.Summary == "json":
		return ofLevel("refused"), nil
	case w.WaitAll || w.Endpoints:
		// Something has to be asked about, or there is no supervisor that waits.
		return []spec.Trap{spec.TrapExec}, nil
	}
	return nil, nil
}

// sockets reports whether a supervisor has to tell Unix sockets apart, which Landlock
// does on newer kernels.
func (c *compiler) sockets(l *lines) bool {
	if c.h.GOOS != "linux" || c.o.Allow.UnixSockets {
		return false
	}
	single := slices.ContainsFunc(l.paths, func(p spec.Path) bool { return p.Kind == spec.UnixSocket })
	if !single && !c.o.InnerSockets {
		return false
	}
	support, err := kernel.Detect()
	return err == nil && support.ABI < kernel.ABIUnix
}

// auditLog shuts the log's file for the command, whatever is granted above it: a log
// that the command can write is none. It returns the file's path, free of symlinks.
func (c *compiler) auditLog(l *lines) (string, error) {
	if c.o.AuditLog == "" {
		return "", nil
	}
	path, err := c.absolute(Grant{Path: c.o.AuditLog})
	if err != nil {
		return "", err
	}
	p, err := c.res.Resolve(path)
	if err != nil {
		return "", &fault.Error{Do: "log to", Path: c.o.AuditLog, Err: err}
	}
	if _, err := c.res.Resolve(spec.Parent(p.Path)); err != nil {
		return "", &fault.Error{Do: "log to", Path: c.o.AuditLog, Err: err}
	}
	return p.Path, c.deny(l, spec.Deny, path, spec.Origin{Source: spec.Flag, Detail: "--audit-log"})
}

// undo has the supervisor asked about every call that changes a file.
func (c *compiler) undo(s *spec.Spec, w *Watch) error {
	if c.h.GOOS != "linux" {
		return &fault.Error{Do: "use --undo", Err: fault.Text("that needs Linux, where a supervisor can make each change"), Hint: "leave it out"}
	}
	w.UndoBytes = UsualUndoLimit
	if w.UndoLimit != "" {
		var err error
		if w.UndoBytes, err = parseSize(w.UndoLimit); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc(s.Paths, func(p spec.Path) bool { return p.Kept() }) {
		return &fault.Error{Do: "use --undo", Err: fault.Text("the command may change nothing"), Hint: "leave it out, or grant a directory with --allow"}
	}
	for _, t := range []spec.Trap{spec.TrapWrites, spec.TrapNames, spec.TrapMetadata} {
		s.AddTrap(t)
	}
	return nil
}

// UsualUndoLimit is how many bytes are copied for --undo where nothing else is said.
const UsualUndoLimit = 1 << 30

// parseSize reads a number of bytes.
func parseSize(text string) (int64, error) {
	number, shift := strings.TrimSuffix(text, "iB"), 0
	if i := strings.IndexAny(number, "KMGT"); i >= 0 && i == len(number)-1 {
		shift = 10 * (1 + strings.IndexByte("KMGT", number[i]))
		number = number[:i]
	}
	n, err := strconv.ParseUint(number, 10, 32)
	if err != nil || shift == 40 && n >= 1<<20 {
		return 0, &fault.Error{Do: "use --undo-limit " + fault.Quote(text), Err: fault.Text("it must be a number, such as 500M or 4G"), Hint: "leave it out for 1G"}
	}
	return int64(n) << shift, nil
}

// mayBeTakenBack refuses what --ephemeral and --undo could not keep the originals of.
func mayBeTakenBack(p *Policy) error {
	if p.Spec.Ephemeral && p.Watch.AuditLog != "" && slices.ContainsFunc(slices.Concat(p.Spec.Paths, p.Spec.Ending), func(g spec.Path) bool {
		return g.Kept() && spec.Within(p.Watch.AuditLog, g.Path)
	}) {
		return &fault.Error{Do: "log to", Path: p.Watch.AuditLog, Err: fault.Text("it lies in a directory whose changes --ephemeral keeps separate"), Hint: "name a file elsewhere"}
	}
	return unsaved(p.Spec)
}

// unsaved refuses --undo beside grants that end and let something be changed: another part
// of the supervisor would make the change, and none of that is saved. What they let be
// read, and what --ask gives then, which is reading alone, changes nothing.
func unsaved(s *spec.Spec) error {
	if !s.Undo || !slices.ContainsFunc(s.Ending, func(p spec.Path) bool { return p.Kind.Writes() }) {
		return nil
	}
	return &fault.Error{Do: "use --undo", Err: fault.Text("changes beneath a grant that ends would not be saved"),
		Hint: "leave out --undo, or the times of grants that let something be changed"}
}
