package spec

// wordUnasked begins a line about what no answer of a person's may grant, since a policy
// of the administrator forbids the flag.
const wordUnasked = "unasked"

// unasked adds one line `unasked KIND` or `unasked KIND PATH`.
func (s *Spec) unasked(args []string, n int) string {
	if len(args) == 0 {
		return "'unasked' wants a directive"
	}
	kind, path := args[0], args[1:]
	everywhere := len(path) == 0 || len(path) == 2 && path[0] == "by"
	if everywhere {
		path = append([]string{"/"}, path...)
	}
	p, msg := pathLine(kind, path, n)
	switch {
	case msg != "":
		return msg
	case !p.Kind.MayEnd() || p.Optional:
		return "'unasked' does not go with " + shown(kind)
	}
	if everywhere {
		p.Path = ""
	}
	s.Unasked = append(s.Unasked, p)
	return ""
}

// UnaskedFor returns the line that keeps a person's answer from granting kind k at path,
// or nil: one for that kind everywhere, or one at path or beneath.
func (s *Spec) UnaskedFor(k Kind, path string) *Path {
	for i := range s.Unasked {
		if p := &s.Unasked[i]; p.Kind == k && (p.Path == "" || Within(p.Path, path)) {
			return p
		}
	}
	return nil
}

func (p *Path) appendUnasked(b []byte) []byte {
	b = append(b, wordUnasked+" "...)
	if p.Path != "" {
		return p.append(b)
	}
	return appendBy(append(b, p.Kind.String()...), p.By)
}
