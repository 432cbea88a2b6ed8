package lists

import "testing"

// BenchmarkReadAll reads everything that one start of nono reads.
func BenchmarkReadAll(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := System("linux"); err != nil {
			b.Fatal(err)
		}
		if _, err := Protect("linux"); err != nil {
			b.Fatal(err)
		}
		if _, err := Commands("linux"); err != nil {
			b.Fatal(err)
		}
		if _, err := WithheldEnv(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWithholds asks about an environment of ordinary size.
func BenchmarkWithholds(b *testing.B) {
	e, err := WithheldEnv()
	if err != nil {
		b.Fatal(err)
	}
	names := []string{"HOME", "PATH", "PWD", "LANG", "TERM", "SHELL", "XDG_RUNTIME_DIR", "LS_COLORS", "DISPLAY", "GITHUB_TOKEN"}
	b.ReportAllocs()
	for b.Loop() {
		for _, n := range names {
			e.Withholds(n)
		}
	}
}
