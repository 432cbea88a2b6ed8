package audit

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// texts are what spells itself otherwise in JSON, and what does not.
var texts = []string{"", "plain", `"quoted"`, `a"b\c`, "\x00\b\f\n\r\t\x1f\x7f", "é😀\u2028\u2029\ufffd", "\xff\xfe", "a\xc3", "<&>", "\u00a0\U0010ffff"}

// random fills every field of an event, those of new kinds too.
func random(r *rand.Rand) Event {
	var e Event
	v := reflect.ValueOf(&e).Elem()
	text := func() string { return texts[r.IntN(len(texts))] }
	for i := range v.NumField() {
		f := v.Field(i)
		if r.IntN(2) == 0 {
			continue
		}
		switch f.Interface().(type) {
		case time.Time:
			f.Set(reflect.ValueOf(time.Unix(r.Int64N(4e9), r.Int64N(1e9)).In(time.FixedZone("", int(r.Int32N(86400))/60*60-43200))))
		case *int:
			n := r.IntN(3)
			f.Set(reflect.ValueOf(&n))
		case []string:
			for range r.IntN(3) {
				f.Set(reflect.Append(f, reflect.ValueOf(text())))
			}
		default:
			if f.Kind() == reflect.String {
				f.SetString(text())
			} else {
				f.SetInt(r.Int64() >> r.IntN(64))
			}
		}
	}
	return e
}

// A line is what encoding/json makes of the event, once paths and words are of UTF-8.
func TestEncode(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		e := random(r)
		got := encode(&e)
		for _, s := range []*string{&e.Program, &e.Cwd, &e.Path, &e.To, &e.Host} {
			*s = printable(*s)
		}
		for i := range e.Argv {
			e.Argv[i] = printable(e.Argv[i])
		}
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(e); err != nil {
			t.Fatal(err)
		}
		if string(got)+"\n" != want.String() {
			t.Fatalf("%#v:\n%s\n%s", e, got, want.String())
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	e := Event{Run: "0123456789abcdef", Seq: 12345, Time: time.Now(), Since: 123456789, Kind: Opened, Source: Claimed, PID: 1234, Parent: 1200,
		Program: "/usr/bin/cc1", Path: "/usr/include/x86_64-linux-gnu/bits/types.h", Call: "openat", Op: "read", Errno: "ENOENT", Prev: Digest(nil)}
	b.ReportAllocs()
	for b.Loop() {
		encode(&e)
	}
}
