package profile

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// own loads a user's profile with this text; home is where it lies.
func own(t *testing.T, vars map[string]string, text string) (*Profile, string, error) {
	t.Helper()
	home := t.TempDir()
	dir := filepath.Join(home, ".config/nono/profiles")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "x.profile"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := Load([]string{"x"}, Words{"temp": Path, "read": Path, "allow-env": Text}, Env{UID: os.Getuid(), GOOS: "linux",
		Workdir: "/w", Getenv: func(n string) string {
			if n == "HOME" {
				return home
			}
			return strings.ReplaceAll(vars[n], "HOME", home)
		}})
	return p, home, err
}

func TestVariable(t *testing.T) {
	const text = "variable X_DIR ~/.x\ntemp $X_DIR\nread $X_DIR/sub\nread ~/.x-other\n"
	p, home, err := own(t, nil, text)
	if err != nil || len(p.Lines) != 3 || p.Lines[0].Value != home+"/.x" || p.Lines[0].Moved != "" || len(p.Moved) != 0 {
		t.Fatalf("%+v %v", p, err)
	}
	p, _, err = own(t, map[string]string{"X_DIR": "/srv/x/"}, text)
	if err != nil || p.Lines[0].Value != "/srv/x" || p.Lines[0].Moved != "X_DIR" || p.Lines[1].Value != "/srv/x/sub" ||
		p.Lines[1].Moved != "X_DIR" || p.Lines[2].Moved != "" || !reflect.DeepEqual(p.Moved, []Moved{{"X_DIR", "/srv/x", "x"}}) {
		t.Errorf("%+v %v", p, err)
	}
	p, _, err = own(t, map[string]string{"X_DIR": "HOME/.x"}, text)
	if err != nil || len(p.Moved) != 0 {
		t.Errorf("where it is anyway: %+v %v", p, err)
	}
	for value, want := range map[string]string{
		"rel": "not an absolute path", "/": "far more than a directory", "HOME": "far more", "HOME/..": "far more", "HOME/.x/../": "far more", "/tmp/..": "far more",
	} {
		if _, _, err := own(t, map[string]string{"X_DIR": value}, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("X_DIR=%s: %v", value, err)
		}
	}
}

func TestWithout(t *testing.T) {
	const text = "without X_DIR temp ~/.x\nwithout X_DIR macos read ~/.y\n"
	if p, _, err := own(t, nil, text); err == nil || p != nil {
		t.Error("a platform behind 'without' is taken")
	}
	const plain = "without X_DIR temp ~/.x\nmacos without X_DIR read ~/.y\n"
	if p, _, err := own(t, nil, plain); err != nil || len(p.Lines) != 1 {
		t.Errorf("%+v %v", p, err)
	}
	if p, _, err := own(t, map[string]string{"X_DIR": "/srv"}, plain); err != nil || len(p.Lines) != 0 {
		t.Errorf("%+v %v", p, err)
	}
	// A mistake counts wherever it stands.
	if _, _, err := own(t, map[string]string{"X_DIR": "/srv"}, "without X_DIR tempo ~/.x\n"); err == nil {
		t.Error("an unknown word is passed over")
	}
}

func TestStart(t *testing.T) {
	p, home, err := own(t, nil, "set-env A_B=c d=e\nset-env EMPTY=\nset-env AT=~/x y\nset-env IN=$XDG_CACHE_HOME/z\nset-env OWN=$NONO_TEMP/z\nnotice be careful: it bites\ndaemon 80 it listens\ndaemon ~/.x/pid it runs\n"+
		"arguments agent -c a=b --flag\n")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(p.SetEnv, []Variable{{"A_B", "c d=e", "x"}, {"EMPTY", "", "x"}, {"AT", home + "/x y", "x"}, {"IN", home + "/.cache/z", "x"}, {"OWN", "$NONO_TEMP/z", "x"}}) ||
		!reflect.DeepEqual(p.Notices, []string{"be careful: it bites"}) ||
		!reflect.DeepEqual(p.Daemons, []Daemon{{Port: 80, Text: "it listens"}, {Path: home + "/.x/pid", Text: "it runs"}}) ||
		!reflect.DeepEqual(p.Arguments, []Arguments{{"agent", []string{"-c", "a=b", "--flag"}, "x"}}) {
		t.Errorf("%+v", p)
	}
	for _, text := range []string{"set-env A\n", "set-env 1A=b\n", "set-env A=$NONE/x\n", "set-env A B=c\n", "daemon 80\n", "daemon rel text\n", "arguments agent\n",
		"arguments /bin/agent -x\n", "variable X\n", "variable HOME ~/x\n", "variable XDG_DATA_HOME ~/x\n", "variable a-b ~/x\n", "without X\n", "notice\n"} {
		if _, _, err := own(t, nil, text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
