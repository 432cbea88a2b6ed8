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
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("gcc is missing")
	}
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		program := r.home + "/shared"
		if text, err := exec.Command(gcc, "-O1", "-w", "-static", "-o", program, "testdata/shared.c").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
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
