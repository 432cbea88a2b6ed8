package policy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTooMuch(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"homes/ann/project", "homes/bob", "var/www/site"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "homes/ann"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	at := func(p string) string { return filepath.Join(dir, p) }
	h := Host{UID: 7, Env: func(n string) string { return map[string]string{"HOME": at("link")}[n] },
		Passwd: "ann:x:7:7::" + at("homes/real") + ":/bin/sh\nbob:x:8:8::" + at("homes/bob") + ":/bin/sh\nwww:x:9:9::" + at("var/www") + ":/bin/sh\nodd:x:10:10::/:/bin/sh\nbad line\n"}
	for path, want := range map[string]string{
		"/": "all of the disk", dir: "above the home", at("homes"): "above the home",
		at("homes/ann"): "your home", at("homes/real"): "your home",
		at("homes/ann/project"): "", at("homes/bob"): "", at("var"): "above the home", at("var/www"): "", at("var/www/site"): "",
	} {
		if got := TooMuch(path, h); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	h.Env = func(string) string { return "" }
	if got := TooMuch(at("homes/ann"), h); got != "" {
		t.Errorf("without HOME: %q", got)
	}
}
