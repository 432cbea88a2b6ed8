package cli

// The kinds of argument that only nono-why has.
const (
	Op   Arg = "OP"
	Host Arg = "HOST"
)

// WhyFlags are nono-why's besides the policy's. --unix-socket is a question
// here; what it is to nono-run, a grant, is --grant-unix-socket.
var WhyFlags = []Flag{
	{"path", "", Path, "ask about this path; the same as giving it alone", GroupQuestion, false, false},
	{"op", "", Op, "what is to be done with it: read, write, execute, …", GroupQuestion, false, false},
	{"to", "", Path, "the second path of rename-to and link-to", GroupQuestion, false, false},
	{"host", "", Host, "ask about a connection to this host", GroupQuestion, false, false},
	{"port", "", Number, "on this port", GroupQuestion, false, false},
	{"udp", "", None, "by UDP instead of TCP", GroupQuestion, false, false},
	{"unix-socket", "", Path, "ask about connecting to this Unix socket; @NAME is an abstract one", GroupQuestion, false, false},
	{"command", "", Command, "ask whether this command is blocked", GroupQuestion, false, false},
	{"batch", "", None, "read 'OP PATH' lines, answer one JSON object a line", GroupQuestion, false, false},
	{"support", "", None, "tell what this machine can hold", GroupQuestion, false, false},
	{"summary", "", None, "tell what is allowed and what is not, in a few lines", GroupQuestion, false, false},

	{"spec", "", File, "ask about this spec, as nono run --print-spec prints it; - is standard input", GroupPolicy, false, false},
	{"self", "", None, "ask about the sandbox that this command runs in", GroupPolicy, false, false},
	{"platform", "", Word, "answer for 'linux' or 'darwin'", GroupPolicy, false, false},
	{"grant-unix-socket", "", Path, "what --unix-socket is to nono run", GroupPolicy, true, false},

	{"json", "", None, "answer in JSON", GroupMessages, false, false},
	{"verbose", "v", None, "tell which line of the spec decided", GroupMessages, false, false},
	{"silent", "s", None, "answer by the exit status alone", GroupMessages, false, false},
	{"help", "h", None, "show this help", GroupMessages, false, false},
	{"version", "", None, "show the version", GroupMessages, false, false},
}

// WhyTable returns all flags of nono-why: the questions first.
func WhyTable() []Flag {
	table := append([]Flag(nil), WhyFlags...)
	for _, f := range PolicyFlags {
		if f.Name != "unix-socket" {
			table = append(table, f)
		}
	}
	return table
}
