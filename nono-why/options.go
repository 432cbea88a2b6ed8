package main

import (
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
)

// parse reads the command line. Unlike nono-run's, where the command begins, a
// path may have flags behind it.
func (o *options) parse(set *cli.Set, args []string) error {
	for {
		words, err := set.Parse(args)
		if err != nil {
			return err
		}
		if len(words) == 0 {
			break
		}
		if o.path != "" {
			return cli.Misuse("ask about "+fault.Quote(words[0]), "one path at a time", "--batch answers many")
		}
		flags := len(args) - len(words)
		separated := flags > 0 && args[flags-1] == "--"
		if separated && isCommand(words) {
			o.argv = words
			break
		}
		if words[0] == "" {
			return cli.Misuse("answer", "the path is empty", "nono why PATH")
		}
		o.path = words[0]
		if separated {
			break
		}
		args = words[1:]
	}
	o.question(set)
	return o.check(set)
}

// isCommand reports whether what stands behind `--` is a command: several words, or
// one that is no path.
func isCommand(words []string) bool {
	if len(words) > 1 {
		return words[0] != ""
	}
	_, err := os.Lstat(words[0])
	return err != nil && words[0] != "" && words[0][0] != '-' && !strings.Contains(words[0], "/")
}

// question takes --unix-socket out of the grants, where the policy put it.
func (o *options) question(set *cli.Set) {
	grants := o.Grants[:0]
	for _, g := range o.Grants {
		if g.Kind == spec.UnixSocket {
			o.socket = g.Path
			continue
		}
		grants = append(grants, g)
	}
	o.Grants = grants
	for _, path := range o.sockets {
		o.Grants = append(o.Grants, policy.Grant{Kind: spec.UnixSocket, Path: path})
	}
	if o.host == "" && o.port != "" {
		o.host = "*"
	}
	if o.platform == "" {
		o.platform = runtime.GOOS
	}
}

// check refuses flags that do not go together.
func (o *options) check(set *cli.Set) error {
	if o.help || o.version {
		return nil
	}
	o.self = o.self || o.hook
	asked := 0
	for _, yes := range []bool{o.path != "", o.host != "", o.socket != "", o.command != "", o.argv != nil, o.batch, o.support, o.summary, o.hook} {
		if yes {
			asked++
		}
	}
	switch {
	case asked == 0:
		return cli.Misuse("answer", "no question is given", "nono why PATH, or --help")
	case asked > 1:
		return cli.Misuse("answer several questions", "one at a time", "--batch answers many")
	case o.platform != "linux" && o.platform != "darwin":
		return cli.Misuse("answer for "+fault.Quote(o.platform), "it must be linux or darwin", "")
	case o.self && o.specFile != "", o.self && o.described(), o.specFile != "" && o.described():
		return cli.Misuse("ask about two policies", "flags, --spec and --self are one or the other", "")
	case o.self && o.platform != runtime.GOOS:
		return cli.Misuse("use --self with --platform", "the sandbox is of this system", "")
	case o.path == "" && (o.op != "" || o.to != ""):
		return cli.Misuse("use --op or --to", "they need a path", "")
	case o.udp && o.host == "":
		return cli.Misuse("use --udp", "it needs --host or --port", "")
	case o.command != "" && strings.ContainsAny(o.command, "\x00"):
		return cli.Misuse("ask about the command", "its name has a NUL byte", "")
	}
	if err := o.checkRequest(); err != nil {
		return err
	}
	if o.op == "" {
		o.op = string(query.Read)
	}
	op, err := query.ParseOp(o.op)
	if err != nil {
		var names []string
		for _, n := range query.Ops {
			names = append(names, string(n))
		}
		return cli.Misuse("use --op", err.Error(), strings.Join(names, ", "))
	}
	if op.Two() != (o.to != "") && o.path != "" {
		return cli.Misuse("ask about "+o.op, "--to goes with rename-to and link-to, and they with it", "--op rename-to --to PATH")
	}
	if n, err := strconv.Atoi(o.port); o.port != "" && (err != nil || n < 1 || n > 65535) {
		return cli.Misuse("use --port "+fault.Quote(o.port), "it must be a number from 1 to 65535", "")
	}
	return nil
}

// described reports whether flags describe a policy.
func (o *options) described() bool {
	r := &o.Request
	return len(r.Grants) > 0 || r.NetBlock || len(r.Ports) > 0 || r.Allow != (spec.Switches{}) || len(r.AllowCommands) > 0 ||
		len(r.BlockCommands) > 0 || len(r.Profiles) > 0
}
