package policy

import (
	"strings"
	"testing"
)

// mac compiles as on macOS: what is granted, and the lines about the box.
func (b *box) mac(link string) string {
	b.t.Helper()
	p, err := Compile(Options{Grants: b.parse("allow project")}, Host{GOOS: "darwin", Dir: b.project,
		Env: func(k string) string { return b.env[k] }, UID: b.uid, XcodeLink: link})
	if err != nil {
		b.t.Fatal(err)
	}
	var out []string
	for _, l := range b.lines(p) {
		if strings.HasPrefix(l, "read") {
			out = append(out, l)
		}
	}
	return strings.Join(out, ", ")
}

// The tools of /usr/bin are what xcode-select names.
func TestXcode(t *testing.T) {
	const lib = "/usr/lib/libxcrun.dylib"
	b := newBox(t)
	b.file("Xcode 27.app/Contents/Developer"+lib, "")
	b.file("tools"+lib, "")
	b.file("home/tools"+lib, "")
	b.file("usr/lib/libxcrun.dylib", "") // in the box, which has the home in it
	b.mkdir("empty")
	b.symlink("Xcode 27.app/Contents/Developer", "link")
	b.symlink("..", "around/here")
	b.symlink(b.root+"/tools"+lib, "fake/usr/lib/libxcrun.dylib")
	for _, test := range []struct{ env, link, want string }{
		{"", "link", "read? Xcode 27.app/Contents"},
		{"", "tools", "read? tools"},
		{"", "missing", ""},
		{"", "empty", ""},
		{"tools", "link", "read? tools"},
		{"Xcode 27.app", "", "read? Xcode 27.app/Contents"},
		{"Xcode 27.app/Contents/Developer/", "", "read? Xcode 27.app/Contents"},
		{"home/tools", "", "read? home/tools"},
		{"empty", "link", ""}, // what the user chose is not there: git would fail outside too
		{"around/here", "", ""},
		{"fake", "", ""},
	} {
		b.env["DEVELOPER_DIR"] = ""
		if test.env != "" {
			b.env["DEVELOPER_DIR"] = b.root + "/" + test.env
		}
		if got := b.mac(b.root + "/" + test.link); got != test.want {
			t.Errorf("DEVELOPER_DIR=%s, link %s: %q, want %q", test.env, test.link, got, test.want)
		}
	}
	b.env["DEVELOPER_DIR"] = ""
	b.env["TMPDIR"] = b.root + "/tmp/"
	if got := b.mac(""); got != "" {
		t.Errorf("no cache gives %q", got)
	}
	b.file("tmp/xcrun_db", "")
	if got := b.mac(""); got != "read-file? tmp/xcrun_db" {
		t.Errorf("xcrun's cache gives %q", got)
	}
	b.file("home/secret", "")
	b.symlink(b.root+"/home/secret", "other/xcrun_db")
	b.env["TMPDIR"] = b.root + "/other"
	if got := b.mac(""); got != "" {
		t.Errorf("a symlink in its place gives %q", got)
	}
}

// The Keychain's files are granted where they are, and only on a Mac.
func TestKeychain(t *testing.T) {
	b := newBox(t)
	b.file("home/Library/Keychains/login.keychain-db", "")
	b.file("home/Library/Preferences/com.apple.security.plist", "")
	o := Options{Grants: b.parse("allow project")}
	o.Allow.Keychain = true
	p, err := Compile(o, Host{GOOS: "darwin", Dir: b.project, Env: func(k string) string { return b.env[k] }, UID: b.uid})
	if err != nil {
		t.Fatal(err)
	}
	b.has(p, "allow? home/Library/Keychains", "read-file? home/Library/Preferences/com.apple.security.plist")
	if !p.Spec.Keychain || len(p.Lifted) == 0 || p.Lifted[0].Path != b.home+"/Library/Keychains" {
		t.Errorf("keychain %v, lifted %v", p.Spec.Keychain, p.Lifted)
	}
	b.fails(o, "cannot use --allow-keychain: only macOS has a Keychain")

	b = newBox(t)
	b.mkdir("home/Library", "secret")
	b.symlink(b.root+"/secret", "home/Library/Keychains")
	p, err = Compile(o, Host{GOOS: "darwin", Dir: b.project, Env: func(k string) string { return b.env[k] }, UID: b.uid})
	if err == nil {
		b.lacks(p, "allow? secret", "allow? home/Library/Keychains")
	}
}
