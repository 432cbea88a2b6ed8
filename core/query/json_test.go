package query

import (
	"encoding/json"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

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
