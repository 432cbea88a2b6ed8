package policy

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestOwnList: the user's own list is read whole, or nothing is started.
func TestOwnList(t *testing.T) {
	const text = "[work]\ndeny ~/customers\n"
	long := text + strings.Repeat("# so that one read does not do\n", 10_000)
	for _, c := range []struct {
		name  string
		make  func(path string) error
		text  string
		fails string
	}{
		{"a file", func(p string) error { return os.WriteFile(p, []byte(long), 0o600) }, long, ""},
		{"none", func(string) error { return nil }, "", ""},
		{"a symlink to one", func(p string) error {
			if err := os.WriteFile(p+".real", []byte(text), 0o600); err != nil {
				return err
			}
			return os.Symlink("protected.real", p)
		}, text, ""},
		{"a symlink to nowhere", func(p string) error { return os.Symlink("gone", p) }, "", "it is a symlink that leads nowhere"},
		{"a directory", func(p string) error { return os.Mkdir(p, 0o700) }, "", "it is not a regular file"},
		{"a fifo", func(p string) error { return unix.Mkfifo(p, 0o600) }, "", "it is not a regular file"},
		{"a symlink to itself", func(p string) error { return os.Symlink("protected", p) }, "", unix.ELOOP.Error()},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := t.TempDir()
			t.Setenv("XDG_CONFIG_HOME", config)
			if err := os.Mkdir(config+"/nono", 0o700); err != nil {
				t.Fatal(err)
			}
			if err := c.make(config + "/nono/protected"); err != nil {
				t.Fatal(err)
			}
			h, err := ThisHost("linux")
			switch {
			case c.fails == "" && (err != nil || h.Own != c.text):
				t.Errorf("%d bytes read of %d, and %v", len(h.Own), len(c.text), err)
			case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)):
				t.Errorf("%v, want %q", err, c.fails)
			}
		})
	}
	t.Run("beneath a file", func(t *testing.T) {
		config := t.TempDir() + "/config"
		t.Setenv("XDG_CONFIG_HOME", config)
		if err := os.WriteFile(config, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if h, err := ThisHost("linux"); err != nil || h.Own != "" {
			t.Errorf("%q and %v", h.Own, err)
		}
	})
}
