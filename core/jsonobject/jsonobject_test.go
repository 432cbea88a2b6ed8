package jsonobject

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzString holds the small encoder against the standard library's decoder.
func FuzzString(f *testing.F) {
	for _, s := range []string{"", "plain", "new\nline", "\xff\xfe", `q"uo\te`, "\u2028\x7f\u0085", "\x00\x1b[31m", "üñ€😀"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		b := AppendString(nil, s)
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

// Every kind of value, and objects in an object, are what the standard library reads.
func TestObject(t *testing.T) {
	o := Append([]byte("before "))
	o.Text("text", "{")
	o.Some("none", "")
	o.TextOrNull("null", "")
	o.Bool("bool", true)
	o.Int("int", -1)
	o.Texts("texts", []string{"a", `"`})
	o.Texts("no texts", nil)
	o.Objects("objects", 2, func(i int, each *Object) { each.Int("i", int64(i)) })
	const want = `before {"text":"{","null":null,"bool":true,"int":-1,"texts":["a","\""],"no texts":[],"objects":[{"i":0},{"i":1}]}`
	if got := string(o.End()); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := string(Append(nil).End()); got != "{}" {
		t.Errorf("an empty object is %s", got)
	}
}
