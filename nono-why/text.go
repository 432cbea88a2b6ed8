package main

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/advice"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/span"
)

// text is a verdict for people: the first line says it, the others why.
func text(v *query.Verdict, verbose bool) string {
	var b strings.Builder
	b.WriteString(headline(v) + "\n")
	if v.Resolved != "" && v.Resolved != v.Path {
		b.WriteString("  it is " + fault.Quote(v.Resolved) + "\n")
	}
	if why := because(v); why != "" {
		b.WriteString("  " + why + "\n")
	}
	if v.Until > 0 {
		b.WriteString("  for " + span.Format(v.EndsIn()) + " more; what is open then stays open\n")
	}
	if v.ByPolicy() && !v.Exists && existing(v.Op) && !strings.Contains(v.Note, "does not exist") {
		b.WriteString("  it does not exist\n")
	}
	if v.Note != "" {
		b.WriteString("  " + v.Note + "\n")
	}
	if v.Status == query.Denied && v.EnforcedBy != "" {
		by := "  enforced by " + v.EnforcedBy
		if v.Errno != "" && v.Errno != "ENOENT" {
			by += " (" + v.Errno + ")"
		}
		b.WriteString(by + "\n")
	}
	if v.Asks {
		b.WriteString("  a person is asked when it is tried; 'nono why --self --request' asks ahead\n")
	}
	if verbose && v.Line != nil {
		line := "  by the spec"
		if v.Line.Line > 0 {
			line += "'s line " + strconv.Itoa(v.Line.Line)
		}
		b.WriteString(line + ": " + v.Line.String() + "\n")
	}
	if help := remedy(v); help != "" {
		b.WriteString("  to allow it: " + help + "\n")
	}
	return b.String()
}

// existing reports whether an operation is on what is there already. Writing may
// make it.
func existing(o query.Op) bool {
	switch o {
	case query.Read, query.List, query.Execute, query.Truncate, query.Ioctl, query.Delete, query.Rmdir, query.RenameTo, query.LinkTo,
		query.Metadata:
		return true
	}
	return false
}

// remedy is what would allow it: flags, or profiles.
func remedy(v *query.Verdict) string {
	var all []string
	if v.Suggestion != nil {
		all = append(all, v.Suggestion.String())
	}
	for _, name := range v.Profiles {
		all = append(all, "--profile "+name)
	}
	return strings.Join(all, ", or ")
}

// headline is the verdict at a glance.
func headline(v *query.Verdict) string {
	s := strings.ReplaceAll(string(v.Status), "_", " ") + ": "
	switch {
	case v.Command != "":
		return s + "the command " + fault.Quote(v.Command)
	case v.Host != "":
		s += v.Protocol + " to " + host(v.Host)
		if v.Port != 0 {
			s += " port " + strconv.Itoa(v.Port)
		}
		return s
	case v.Op == query.Connect:
		return s + "connect to " + fault.Quote(v.Path)
	case v.Op == query.RenameTo:
		return s + "rename " + fault.Quote(v.Path) + " to " + fault.Quote(v.To)
	case v.Op == query.LinkTo:
		return s + "link " + fault.Quote(v.Path) + " as " + fault.Quote(v.To)
	}
	return s + string(v.Op) + " " + fault.Quote(v.Path)
}

func host(name string) string {
	if name == "*" {
		return "any host"
	}
	return fault.Quote(name)
}

// because is the reason as a sentence.
func because(v *query.Verdict) string {
	at, by := "", ""
	if v.Line != nil {
		at, by = fault.Quote(v.Line.Path), v.Line.By.String()
	}
	if v.Also != nil {
		return at + " is granted (" + by + "), and " + fault.Quote(v.Also.Path) + " is granted (" + v.Also.By.String() + ")"
	}
	switch v.Reason {
	case query.ExplicitGrant:
		if v.Line == nil {
			return ""
		}
		return at + " is granted (" + by + ")"
	case query.WithinWorkdir:
		return "it is in the working directory, which is granted (" + by + ")"
	case query.SystemPath:
		return at + " is what programs need to start"
	case query.PrivateTemp:
		return "it is in the sandbox's private temp"
	case query.NetworkDefault:
		return "the network is allowed unless --net-block is given"
	case query.SocketsAllowed:
		return "every Unix socket is allowed"
	case query.NotRestricted:
		return "nothing that nono keeps stands against it"
	case query.NotEnforced:
		return "this kernel cannot hold it"
	case query.NotBlocked:
		return "it is no blocked command"
	case query.OutsideOfAnyone:
		return "this process is in no sandbox of nono's"
	case query.SensitivePath:
		if v.Line != nil && v.Line.By.Source == spec.Policy {
			return at + " is denied by the " + by
		}
		return at + " is protected (" + v.Category + ")"
	case query.BlockedCommand:
		return v.Category
	case query.NotInAllowedPaths:
		return "nothing grants it"
	case query.InsufficientAccess:
		return at + " is granted, but not for this (" + by + ")"
	case query.ChainDirectory:
		return advice.OnTheWay(v)
	case query.RmdirBlocked:
		return "directories are neither removed nor renamed unless --allow-rmdir is given"
	case query.NetworkBlocked:
		return "the network is blocked"
	case query.HostGranted:
		return "the host is granted"
	case query.HostNotGranted:
		return "no --host allows it, and all else of the network is shut"
	case query.UnixSocketBlocked:
		return "Unix sockets outside are blocked"
	}
	if text := reasons[v.Reason]; text != "" {
		return text
	}
	return advice.Failure(v)
}

// reasons are the sandbox's reasons besides the grants of paths.
var reasons = map[query.Reason]string{
	query.HostDenied:      "it is denied, whatever --host allows",
	query.TruncateRefused: "truncate(2) is refused on this kernel",
	query.DeviceNode:      "device nodes stay where they are",
	query.MoreRightsThere: "it would gain rights by the move",
	query.NoReparenting:   "this kernel lets nothing be moved or linked between directories",
	query.OutsideProcess:  "only processes in the sandbox can be looked into",
	query.SinceTheStart:   "the kernel itself says so, unlike the spec in NONO_SPEC",
}
