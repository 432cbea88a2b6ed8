package supervise

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// Another process exchanges the directory that a call names by its descriptor, or that it
// works in, and a child shares the caller's memory: what is denied stays so.
func TestSharedDescriptors(t *testing.T) {
	testenv.RequireLandlock(t, 2)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		program := r.compile("shared")
		must(t, os.Mkdir(r.dir+"/sub", 0o755))
		u.Own(t, r.dir+"/sub")
		for path, text := range map[string]string{".env": "SECRET\n", "sub/.env": "open\n"} {
			must(t, os.WriteFile(r.dir+"/"+path, []byte(text), 0o600))
			u.Own(t, r.dir+"/"+path)
		}
		cmd := r.nonoRun([]string{"--allow-beside-denied", "--deny", ".env", "--read-file", program}, program, tries())
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		finish(t, cmd, &out)
		if out.String() != "leaks 0\n" {
			t.Error(out.String())
		}
		if text, err := os.ReadFile(r.dir + "/.env"); err != nil || string(text) != "SECRET\n" {
			t.Errorf(".env: %q, %v", text, err)
		}
	})
}

// compile makes a program of a file in testdata.
func (r *run) compile(name string) string {
	r.t.Helper()
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		r.t.Skip("gcc is missing")
	}
	program := r.home + "/" + name
	if text, err := exec.Command(gcc, "-O1", "-w", "-static", "-o", program, "testdata/"+name+".c").CombinedOutput(); err != nil {
		r.t.Fatalf("%v: %s", err, text)
	}
	return program
}

// A signal whose handler has calls restarted makes no trapped call fail.
func TestInterruptedCalls(t *testing.T) {
	testenv.RequireLandlock(t, 2)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		program := r.compile("interrupted")
		cmd := r.nonoRun([]string{"--allow-rmdir-own", "--read-file", program}, program, "200")
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		finish(t, cmd, &out)
		if out.String() != "failed 0\n" {
			t.Error(out.String())
		}
	})
}
