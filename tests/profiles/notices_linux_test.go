package profiles

import (
	"os"
	"strings"
	"testing"
)

// quiet says that nothing but want was printed.
func (w *world) quiet(what, got string, status int, want string) {
	w.t.Helper()
	if status != 0 || got != want {
		w.t.Errorf("%s: status %d, %q; want %q and nothing else", what, status, got, want)
	}
}

// TestMeantLift: what a profile of nono's own gives back is told where one looks,
// and not at every start; what the user gives back is told each time.
func TestMeantLift(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		store := w.dir(".local/share/pnpm/store")
		lifted := "lifts its protection (runs as you later: programs)"
		summary := "protection lifted: '" + store + "'  (runs as you later: programs)\n"
		out, status := w.run("--profile", "node", "--", "touch", store+"/file")
		w.quiet("node", out, status, "")
		out, status = w.run("--profile", "node", "--verbose", "--", "true")
		w.want("told by --verbose", out, status, 0, summary)
		if strings.Contains(out, lifted) {
			t.Errorf("told twice:\n%s", out)
		}
		out, status = w.run("--profile", "node", "--allow", store, "--", "true")
		w.quiet("the user's own grant, and once", out, status, "nono: notice: granting '"+store+"' "+lifted+"\n")
		out, status = w.run("--allow", store, "--", "true")
		w.want("no profile", out, status, 0, lifted)
		w.profile("mine", "profile node\n")
		out, status = w.run("--profile", "mine", "--", "true")
		w.quiet("included", out, status, "")
		w.profile("node", "profile node\nallow ~/.local/share/pnpm/store\n")
		out, status = w.run("--profile", "node", "--", "true")
		w.want("a profile of the user's that hides it", out, status, 0, lifted)
	})
}

// TestActivated: with an activated virtual environment in the project every run
// would tell that its pip cannot be kept from children; in the profile that gives
// pip there is nothing to tell, whatever names it has.
func TestActivated(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.dir("project/env/bin")
		w.file("project/env/pyvenv.cfg", "home = /usr/bin\n")
		for _, name := range []string{"pip", "pip3", "pip3.11", "pip3.14"} {
			file := w.file("project/env/bin/"+name, "#!/bin/sh\necho \"$0\"\n")
			if err := os.Chmod(file, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		bin := w.path("project/env/bin")
		run := func(args ...string) (string, int) {
			cmd := w.command(args...)
			cmd.Env[1] = "PATH=" + bin + ":/usr/bin:/bin"
			out, err := cmd.CombinedOutput()
			if cmd.ProcessState == nil {
				t.Fatal(err)
			}
			return string(out), cmd.ProcessState.ExitCode()
		}
		out, status := run("--allow", ".", "--", "true")
		w.want("without the profile", out, status, 0, "pip, pip3, pip3.11, pip3.14 cannot be kept from child processes")
		out, status = run("--profile", "python", "--allow", ".", "--", "true")
		w.quiet("with it", out, status, "")
		for _, name := range []string{"pip", "pip3.11"} {
			out, status = run("--profile", "python", "--allow", ".", "--", name)
			w.quiet(name, out, status, bin+"/"+name+"\n")
		}
	})
}

// TestYarnSettings: Yarn 1 does not start where it cannot read these; what has
// tokens in it stays shut.
func TestYarnSettings(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.dir(".config/yarn")
		w.file(".config/yarn/config", "registry\n")
		w.file(".yarnrc", "lastUpdateCheck\n")
		w.file(".yarnrc.yml", "npmAuthToken\n")
		w.file(".npmrc", "_authToken\n")
		for _, name := range []string{".yarnrc", ".config/yarn/config"} {
			out, status := w.run("--profile", "node", "--", "cat", w.path(name))
			text, err := os.ReadFile(w.path(name))
			if err != nil {
				t.Fatal(err)
			}
			w.quiet(name, out, status, string(text))
			out, status = w.run("--profile", "node", "--", "tee", w.path(name))
			w.want("not to be written: "+name, out, status, 1, denied)
		}
		for _, name := range []string{".yarnrc.yml", ".npmrc"} {
			out, status := w.run("--profile", "node", "--", "cat", w.path(name))
			w.want(name, out, status, 1, denied)
		}
	})
}
