package cli

// The kinds of argument that only nono-why has.
const (
	Op   Arg = "OP"
	Host Arg = "HOST"
)

// whyFlags are nono-why's besides the policy's. --unix-socket, --host and --port are
// questions here; what they are to nono-run, grants, is --grant-unix-socket,
// --grant-host and --grant-port.
var whyFlags = []Flag{
	{"path", "", Path, "ask about this path; the same as giving it alone", groupQuestion, false, false},
	{"op", "", Op, "the operation: read, write, execute, …", groupQuestion, false, false},
	{"to", "", Path, "the second path of rename-to and link-to", groupQuestion, false, false},
	{"host", "", Host, "ask about a connection to this host", groupQuestion, false, false},
	{"port", "", Number, "on this port", groupQuestion, false, false},
	{"udp", "", None, "by UDP instead of TCP", groupQuestion, false, false},
	{"unix-socket", "", Path, "ask about connecting to this Unix socket; @NAME is an abstract one", groupQuestion, false, false},
	{"command", "", Command, "ask whether this command is blocked", groupQuestion, false, false},
	{"request", "", None, "with --self: if it is denied and --ask is on, ask the person outside", groupQuestion, false, false},
	{"reason", "", Word, "the reason for --request", groupQuestion, false, false},
	{"batch", "", None, "read 'OP PATH' lines, answer one JSON object a line", groupQuestion, false, false},
	{"support", "", None, "tell what this kernel can enforce", groupQuestion, false, false},
	{"hook", "", None, "answer a hook of an agent: read its event, and tell what the sandbox refused", groupQuestion, false, false},
	{"summary", "", None, "tell what is allowed and what is not, in a few lines", groupQuestion, false, false},

	{"spec", "", File, "ask about this spec, as nono run --print-spec prints it; - is standard input", groupPolicy, false, false},
	{"self", "", None, "ask about the sandbox that this command runs in", groupPolicy, false, false},
	{"platform", "", Word, "answer for 'linux' or 'darwin'", groupPolicy, false, false},
	{"grant-port", "", Ports, "the same as --port of nono run", groupPolicy, true, false},
	{"grant-unix-socket", "", Path, "the same as --unix-socket of nono run", groupPolicy, true, false},
	{"grant-host", "", Host, "the same as --host of nono run", groupPolicy, true, false},

	{"json", "", None, "answer in JSON", groupMessages, false, false},
	{"verbose", "v", None, "tell which line of the spec decided", groupMessages, false, false},
	{"silent", "s", None, "print nothing; only the exit status answers", groupMessages, false, false},
	{"help", "h", None, "show all flags; -h is short", groupMessages, false, false},
	{"version", "", None, "show the version", groupMessages, false, false},
}

// WhyTable returns all flags of nono-why: the questions first.
func WhyTable() []Flag {
	table := append([]Flag(nil), whyFlags...)
	for _, f := range PolicyFlags {
		if f.Name != "unix-socket" && f.Name != "host" && f.Name != "port" {
			table = append(table, f)
		}
	}
	return table
}
