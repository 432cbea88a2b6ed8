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
			t.Setenv("HOME", t.TempDir())
			t.Setenv("XDG_CONFIG_HOME", config)
			if err := os.Mkdir(config+"/nono", 0o700); err != nil {
				t.Fatal(err)
			}
			if err := c.make(config + "/nono/protected"); err != nil {
				t.Fatal(err)
			}
			h, err := ThisHost("linux")
			switch {
			case c.fails == "" && (err != nil || own(h) != c.text):
				t.Errorf("%d bytes read of %d, and %v", len(own(h)), len(c.text), err)
			case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)):
				t.Errorf("%v, want %q", err, c.fails)
			}
		})
	}
	t.Run("beneath a file", func(t *testing.T) {
		config := t.TempDir() + "/config"
		t.Setenv("HOME", t.TempDir())
		t.Setenv("XDG_CONFIG_HOME", config)
		if err := os.WriteFile(config, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if h, err := ThisHost("linux"); err != nil || own(h) != "" {
			t.Errorf("%q and %v", h.Own, err)
		}
	})
}

// TestOwnListInBothPlaces: a variable that is set for one run does not do away with
// the list that stands where it usually is.
func TestOwnListInBothPlaces(t *testing.T) {
	home, config := t.TempDir(), t.TempDir()
	for dir, text := range map[string]string{home + "/.config": "deny ~/usual\n", config: "deny ~/moved\n"} {
		if err := os.MkdirAll(dir+"/nono", 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dir+"/nono/protected", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("HOME", home)
	for _, c := range []struct{ config, want string }{
		{"", "deny ~/usual\n"},
		{"relative", "deny ~/usual\n"},
		{home + "/.config/", "deny ~/usual\n"},
		{config, "deny ~/usual\ndeny ~/moved\n"},
	} {
		t.Setenv("XDG_CONFIG_HOME", c.config)
		if h, err := ThisHost("linux"); err != nil || own(h) != c.want {
			t.Errorf("XDG_CONFIG_HOME=%q: %q and %v, want %q", c.config, own(h), err, c.want)
		}
	}
}

// TestOwnListOfTheUserDatabase: neither does HOME do away with the list in the home that the
// user database names.
func TestOwnListOfTheUserDatabase(t *testing.T) {
	for _, c := range []struct{ home, config, want string }{
		{"/home/u", "", "/home/u/.config/nono/protected"},
		{"/home/u/", "/home/u/.config", "/home/u/.config/nono/protected"},
		{"/srv/build", "", "/srv/build/.config/nono/protected /home/u/.config/nono/protected"},
		{"/srv/build", "/cfg", "/srv/build/.config/nono/protected /home/u/.config/nono/protected /cfg/nono/protected"},
		{"", "relative", "/home/u/.config/nono/protected"},
	} {
		env := map[string]string{"HOME": c.home, "XDG_CONFIG_HOME": c.config}
		h := Host{Env: func(name string) string { return env[name] }, UID: 1234, Passwd: "v:x:1:1::/home/v:/bin/sh\nu:x:1234:1234::/home/u:/bin/sh\n"}
		if got := strings.Join(h.ownLists(), " "); got != c.want {
			t.Errorf("HOME=%q XDG_CONFIG_HOME=%q: %s, want %s", c.home, c.config, got, c.want)
		}
	}
}

// TestOtherList: a file that looks like the list, where there is none, stops the start.
func TestOtherList(t *testing.T) {
	for name, told := range map[string]bool{"protected.txt": true, "Protected": true, "protected.d": true, "protected~": false, "protected.bak": false, "profiles": false} {
		dir := t.TempDir()
		list := dir + "/protected"
		if err := os.WriteFile(dir+"/"+name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := otherList(list, unix.ENOENT); (got != "") != told || told && got != dir+"/"+name {
			t.Errorf("%s: %q", name, got)
		}
		if got := otherList(list, nil); got != "" {
			t.Errorf("beside a list: %q", got)
		}
	}
}

// own returns the texts of the user's own lists.
func own(h Host) string {
	text := ""
	for _, l := range h.Own {
		text += l.Text
	}
	return text
}
