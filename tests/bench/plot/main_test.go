package main

import (
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const some = `{"launches": [
  {"name": "bare", "micros": {"q1": 500, "median": 600, "q3": 700}},
  {"name": "other", "skipped": "it is not installed"},
  {"name": "nono-run", "micros": {"q1": 4000, "median": 5000, "q3": 7000}}],
 "growth": [{"name": "grants", "n": [1, 10, 100], "micros": [1000, 1100, 2000]}]}`

func TestPictures(t *testing.T) {
	dir := t.TempDir()
	if err := run([]string{dir}, strings.NewReader(some)); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{"speed-launch.svg": "nono-run", "speed-growth.svg": "grants"} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), want) {
			t.Errorf("%s does not mention %s", file, want)
		}
		for d := xml.NewDecoder(strings.NewReader(string(text))); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
		}
	}
}

func TestNothingToDraw(t *testing.T) {
	for _, in := range []string{"", "{}", `{"launches": [{"name": "bare"}]}`} {
		if err := run([]string{t.TempDir()}, strings.NewReader(in)); err == nil {
			t.Errorf("%q is drawn", in)
		}
	}
}
