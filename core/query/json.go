package query

import "github.com/nono-sandbox/nono/core/jsonobject"

// AppendJSON appends v as one JSON object on one line, without a newline. What
// is not known or does not apply is left out, but for the keys status, reason,
// granted_by and suggestion. A byte of a path that is not UTF-8 becomes U+FFFD.
func (v *Verdict) AppendJSON(b []byte) []byte {
	o := jsonobject.Append(b)
	o.Text("status", string(v.Status))
	o.Text("reason", string(v.Reason))
	o.Some("op", string(v.Op))
	o.Some("path", v.Path)
	o.Some("resolved", v.Resolved)
	o.Some("to", v.To)
	if v.Path != "" {
		o.Bool("exists", v.Exists)
	}
	o.Some("host", v.Host)
	if v.Port != 0 {
		o.Int("port", int64(v.Port))
	}
	o.Some("protocol", v.Protocol)
	o.Some("command", v.Command)
	o.TextOrNull("granted_by", v.GrantedBy())
	if v.Line != nil {
		if !v.Line.Kind.Grants() {
			o.Some("denied_by", v.Line.By.String())
		}
		o.Some("spec_line", v.Line.String())
		if v.Line.Line > 0 {
			o.Int("line", int64(v.Line.Line))
		}
	}
	if v.Also != nil {
		o.Some("also_granted_by", v.Also.By.String())
	}
	if v.Until > 0 {
		o.Int("ends_in", v.EndsIn())
	}
	o.Some("category", v.Category)
	o.Some("enforced_by", v.EnforcedBy)
	o.Some("errno", v.Errno)
	if v.Suggestion != nil {
		o.Text("suggestion", v.Suggestion.String())
	} else {
		o.TextOrNull("suggestion", "")
	}
	if v.Profiles != nil {
		o.Texts("profiles", v.Profiles)
	}
	if v.Asks {
		o.Bool("asks", true)
	}
	o.Some("note", v.Note)
	return o.End()
}
