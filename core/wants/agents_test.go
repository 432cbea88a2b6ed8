package wants

import (
	"testing"

	"github.com/nono-sandbox/nono/core/profile"
)

// An agent has a profile of its own, by whatever it is started, and the hint says so.
func TestOwnProfile(t *testing.T) {
	for command, own := range map[string]string{
		"claude": "claude-code", "codex": "codex", "cn": "continue", "cursor-agent": "cursor", "sh": "", "git": "", "laude": "", "claude)": "",
	} {
		for _, argv := range [][]string{{command}, {"/opt/x/" + command, "-p", "do it"}, {"env", "A=1", command}} {
			got := finder(t, "", nil).Of(argv, "/p")
			if got.Own != own {
				t.Errorf("%q: %q, want %q", argv, got.Own, own)
			}
			missing := []Want{{"profile", own}}
			if want := "there is a profile for '" + command + "', which has its settings: add --profile " + own; own != "" && got.Hint(missing) != want {
				t.Errorf("%q: %q, want %q", argv, got.Hint(missing), want)
			}
		}
	}
	if got := finder(t, "claude: -", nil).Of([]string{"claude"}, "/p"); got.Own != "" || len(got.Flags) > 0 {
		t.Errorf("not silenced: %+v", got)
	}
}

// Every profile that the list names comes with nono.
func TestProfilesAreThere(t *testing.T) {
	for _, l := range finder(t, "", nil).Lists {
		argv := []string{l.Command, l.Word}
		for _, w := range finder(t, "", nil).Of(argv, "/p").Flags {
			if w.Flag == "profile" && !profile.IsBuiltin(w.Arg) {
				t.Errorf("%q wants the profile %q, which does not exist", argv, w.Arg)
			}
		}
	}
}
