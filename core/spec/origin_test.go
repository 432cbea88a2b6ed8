package spec

import "testing"

// The texts are a format: they stand in specs that people keep.
func TestOriginTexts(t *testing.T) {
	for text, want := range map[string]Origin{
		"":                                  {},
		"system":                            {System, ""},
		"--allow .":                         {Flag, "--allow ."},
		"--deny":                            {Flag, "--deny"},
		"profile claude-code":               {Profile, "claude-code"},
		"policy site":                       {Policy, "site"},
		"SSH keys":                          {Listed, "SSH keys"},
		"blocked command: file destruction": {BlockedCommand, "file destruction"},
		"blocked command: --block-command":  {BlockedCommand, BlockFlag},
		"the command":                       {Command, ""},
		"standard output":                   {StandardStream, "output"},
		"private temp":                      {PrivateTemp, ""},
		"spec":                              {SpecCopy, ""},
		"nono why --self":                   {WhySelf, ""},
		// What only looks like one of these is a category.
		"System":           {Listed, "System"},
		"system ":          {Listed, "system "},
		"profile ":         {Listed, "profile "},
		"policy ":          {Listed, "policy "},
		"blocked command:": {Listed, "blocked command:"},
		"list: SSH keys":   {Listed, "list: SSH keys"},
		// A category of the user's own that would be read as something else.
		"list: system":       {Listed, "system"},
		"list: --deny":       {Listed, "--deny"},
		"list: list: system": {Listed, "list: system"},
	} {
		if got := ParseOrigin(text); got != want {
			t.Errorf("%q is read as %+v, want %+v", text, got, want)
		}
		if got := want.String(); got != text {
			t.Errorf("%+v is printed as %q, want %q", want, got, text)
		}
	}
}
