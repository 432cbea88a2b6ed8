package main

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
)

// show prints every line of a policy with its origin. What programs need to start is
// left out unless it is asked for.
func show(args []string, out io.Writer) (int, error) {
	system := len(args) > 0 && args[0] == "--system"
	if system {
		args = args[1:]
	}
	s, err := compile(args)
	if err != nil {
		return 0, err
	}
	var b bytes.Buffer
	if len(s.profiles) > 0 {
		b.WriteString("# profiles: " + strings.Join(s.profiles, ", ") + "\n")
	}
	if m := s.Managed; m != nil {
		b.WriteString("# policies of this machine: " + strings.Join(m.Policies, ", ") + "\n")
		for _, f := range m.Forbidden {
			b.WriteString("# forbidden: --" + strings.TrimRight(f.Flag+" "+f.Value, " ") + " (policy " + f.Policy + ")\n")
		}
	}
	left := 0
	w := tabwriter.NewWriter(&b, 0, 0, 1, ' ', 0)
	for _, p := range slices.Concat(s.asked(), s.listed()) {
		if p.By.Source == spec.System && !system {
			left++
			continue
		}
		io.WriteString(w, p.Kind.String()+"\t"+fault.Quote(p.Path)+"\t"+p.By.String()+"\n")
	}
	w.Flush()
	for _, l := range others(s.policy.Spec) {
		b.WriteString(l + "\n")
	}
	for _, path := range s.policy.Skipped {
		b.WriteString("# skipped, does not exist: " + fault.Quote(path) + "\n")
	}
	if left > 0 {
		b.WriteString("# " + strconv.Itoa(left) + " lines of what programs need to start are left out: --system shows them\n")
	}
	return 0, say(out, b.String())
}

// listed are the lines that nobody has asked for: of lists, and of every sandbox.
func (s *subject) listed() []spec.Path {
	return slices.DeleteFunc(slices.Clone(s.policy.Spec.Paths), byRequest)
}

// others are the lines of s that are about no path.
func others(s *spec.Spec) []string {
	bare := *s
	bare.Paths = nil
	lines := strings.Split(strings.TrimSuffix(string(document.Append(nil, &bare)), "\n"), "\n")
	return slices.DeleteFunc(lines, func(l string) bool { return l == "" || strings.HasPrefix(l, "nono-spec ") })
}
