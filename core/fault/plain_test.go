package fault

import "testing"

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "",
		"a plain 'line'\nand more": "a plain 'line'\nand more",
		"é 名 “quoted” …":           "é 名 “quoted” …",
		"\x1b]0;title\x07":         `\x1b]0;title\a`,
		"\x1b[2Jgone\r\x7f\x00":    `\x1b[2Jgone\r\x7f\x00`,
		"a\u202eb\u200bc\u00a0d":   `a\u202eb\u200bc\u00a0d`,
		"\u009b31m":                `\u009b31m`,
		"not UTF-8: \xff\xfe":      `not UTF-8: \xff\xfe`,
		"\ufffd as written":        "\ufffd as written",
		`C:\x1b as written`:        `C:\x1b as written`,
		"tab\there":                `tab\there`,
	} {
		if got := Plain(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestLinesArePlain(t *testing.T) {
	got := Lines(&Error{Do: "use \x1b[31mred", Err: Text("it is \x1b]0;x\x07"), Hint: "try \u202ethat"})
	want := `nono: error: cannot use \x1b[31mred: it is \x1b]0;x\a` + "\n" + `nono: hint: try \u202ethat` + "\n"
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
