package query

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

// FuzzJSONString holds the small encoder against the standard library's decoder.
func FuzzJSONString(f *testing.F) {
	for _, s := range []string{"", "plain", "new\nline", "\xff\xfe", `q"uo\te`, "\u2028\x7f\u0085", "\x00\x1b[31m", "üñ€😀"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		b := AppendJSONString(nil, s)
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		want := ""
		for _, r := range s {
			want += string(r)
		}
		if back != want {
			t.Errorf("%q comes back as %q", s, back)
		}
		if strings.ContainsFunc(string(b), func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) {
			t.Errorf("%q has a control character", b)
		}
	})
}

func TestVerdictJSON(t *testing.T) {
	v := Verdict{Status: Denied, Reason: SensitivePath, Op: Read, Path: "/h/\xff", Resolved: "/h/.ssh/id",
		Errno: "EACCES", Line: &spec.Path{Kind: spec.Deny, Path: "/h/.ssh", By: spec.ParseOrigin("SSH keys"), Line: 7}, Category: "SSH keys",
		EnforcedBy: "Landlock", Suggestion: &Suggestion{[]Part{{Flag: "--read-file", Arg: "/h/it's"}}}}
	var got map[string]any
	if err := json.Unmarshal(v.AppendJSON(nil), &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{"status": "denied", "reason": "sensitive_path", "op": "read", "path": "/h/\ufffd",
		"resolved": "/h/.ssh/id", "exists": false, "granted_by": nil, "denied_by": "SSH keys", "line": 7.0, "category": "SSH keys",
		"enforced_by": "Landlock", "errno": "EACCES", "suggestion": `--read-file '/h/it'\''s'`} {
		if value, there := got[key]; !there || value != want {
			t.Errorf("%s is %v (there: %v), want %v", key, value, there, want)
		}
	}
}
