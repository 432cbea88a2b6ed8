package profiles

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// question runs nono-run on a new terminal, types the answer when the question
// is there, and returns all that appeared and the exit status.
func (w *world) question(dir, answer string, args ...string) (string, int) {
	w.t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		w.t.Skipf("no terminal can be had: %v", err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		w.t.Fatal(err)
	}
	name := "/dev/pts/" + strconv.Itoa(n)
	slave, err := os.OpenFile(name, os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	w.u.Own(w.t, name)
	master := os.NewFile(uintptr(fd), "ptmx")
	defer master.Close()
	cmd := w.command(args...)
	cmd.Dir = dir
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr.Setctty = true
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	slave.Close()
	var seen strings.Builder
	buf := make([]byte, 4096)
	master.SetDeadline(time.Now().Add(20 * time.Second))
	for answered := false; ; {
		n, err := master.Read(buf)
		if err != nil {
			break // EIO: nobody has the terminal open any more
		}
		seen.Write(buf[:n])
		if !answered && strings.Contains(seen.String(), "[y/N] ") {
			answered = true
			if _, err := master.WriteString(answer); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	timer := time.AfterFunc(5*time.Second, func() { cmd.Process.Kill() })
	defer timer.Stop()
	if err := cmd.Wait(); err != nil {
		if _, ok := err.(*exec.ExitError); !ok {
			w.t.Fatal(err)
		}
	}
	return seen.String(), cmd.ProcessState.ExitCode()
}

const asks = "wants to read and write '"

func TestQuestion(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.profile("x", "workdir readwrite\nread ~/given\n")
		w.profile("reads", "workdir read\nread ~/given\n")
		w.profile("none", "workdir none\nread ~/given\n")
		w.dir("given")
		try := []string{"--", "sh", "-c", "cat file; echo new >made"}
		with := func(args ...string) []string { return append(args, try...) }
		made := func() bool {
			_, err := os.Stat(w.path("project/made"))
			os.Remove(w.path("project/made"))
			return err == nil
		}
		for _, c := range []struct {
			name, answer string
			args         []string
			asked        bool
			read, write  bool
		}{
			{"y", "y\n", with("-p", "x"), true, true, true},
			{"Yes", "Yes \n", with("-p", "x"), true, true, true},
			{"n", "n\n", with("-p", "x"), true, false, false},
			{"nothing", "\n", with("-p", "x"), true, false, false},
			{"something else", "yep, all of it\n", with("-p", "x"), true, false, false},
			{"end of input", "\x04", with("-p", "x"), true, false, false},
			{"two profiles, one question", "y\n", with("-p", "x", "-p", "reads"), true, true, true},
			{"answered before", "", with("-p", "x", "--allow-cwd"), false, true, true},
			{"already granted", "", with("-p", "x", "--allow", "."), false, true, true},
			{"granted above", "", with("-p", "x", "--allow", w.home), false, true, true},
			{"granted in part", "n\n", with("-p", "x", "--read", "."), true, true, false},
			{"not wanted", "", with("-p", "none", "--allow-cwd"), false, false, false},
			{"by --workdir", "y\n", []string{"-p", "x", "--workdir", w.project, "--", "sh", "-c", "cat file; echo new >made"}, true, true, true},
		} {
			dir := w.project
			if c.name == "by --workdir" {
				dir = w.dir("elsewhere")
			}
			out, _ := w.question(dir, c.answer, c.args...)
			if strings.Contains(out, asks) != c.asked || strings.Count(out, "[y/N]") > 1 || c.asked && !strings.Contains(out, asks+w.project+"'. Share it?") {
				t.Errorf("%s: asked or not, or of what:\n%s", c.name, out)
			}
			if strings.Contains(out, "inside") != c.read || made() != c.write {
				t.Errorf("%s: read and write should be %v and %v:\n%s", c.name, c.read, c.write, out)
			}
		}
		// A no leaves one line that says so, and how to say yes.
		if out, _ := w.question(w.project, "\n", with("-p", "x")...); strings.Count(out, "not shared: '"+w.project+"' (--allow-cwd shares it)") != 1 {
			t.Errorf("a no is not told once:\n%s", out)
		}
		out, _ := w.question(w.project, "y\n", with("-p", "reads")...)
		if !strings.Contains(out, "wants to read '"+w.project+"'") || !strings.Contains(out, "inside") || made() {
			t.Errorf("read only:\n%s", out)
		}
		out, status := w.question(w.project, "\x03", with("-p", "x")...)
		if status == 0 || strings.Contains(out, "inside") {
			t.Errorf("Ctrl-C at the question: status %d\n%s", status, out)
		}
	})
}

// What is typed behind the answer is for the command.
func TestQuestionLeavesTheRest(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.profile("x", "workdir readwrite\n")
		out, _ := w.question(w.project, "y\nfor the command\n", "-p", "x", "--", "sh", "-c", "read line; echo \"got $line.\"")
		if !strings.Contains(out, "got for the command.") {
			t.Errorf("%s", out)
		}
	})
}

// Where nobody can be asked, nothing is shared, and that is said.
func TestNoTerminal(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.profile("x", "workdir readwrite\nread ~/given\n")
		w.dir("given")
		out, status := w.run("-p", "x", "--", "cat", "file")
		w.want("no terminal", out, status, 1, denied, "notice: the working directory is not shared: there is no terminal to ask on (--allow-cwd shares '"+w.project+"')")
		out, status = w.run("-p", "x", "--allow-cwd", "--", "cat", "file")
		w.want("--allow-cwd", out, status, 0, "inside")
		for _, look := range []string{"--dry-run", "--print-spec"} {
			out, status = w.run("-p", "x", look, "--", "cat", "file")
			w.want(look, out, status, 0, "a start would ask whether the command may read and write the working directory '"+w.project+"'")
		}
	})
}

// A home, and what holds one, is no project.
func TestNeverShared(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.profile("x", "workdir readwrite\nread ~/given\n")
		w.dir("given")
		if err := os.Symlink(w.home, w.path("project/home")); err != nil {
			t.Fatal(err)
		}
		for dir, why := range map[string]string{
			w.home:                 "your home",
			w.path("project/home"): "your home",
			w.path("project/../."): "your home",
			"/":                    "all of the disk",
			w.home[:strings.LastIndexByte(w.home, '/')]: "above the home",
		} {
			out, status := w.run("-p", "x", "--allow-cwd", "--workdir", dir, "--", "cat", w.path("project/file"))
			w.want(dir, out, status, 1, denied, "notice: the working directory is not shared: ", why)
			out, _ = w.question(w.project, "y\n", "-p", "x", "--workdir", dir, "--", "cat", w.path("project/file"))
			if strings.Contains(out, "[y/N]") || strings.Contains(out, "inside") {
				t.Errorf("%s: asked:\n%s", dir, out)
			}
		}
		for _, args := range [][]string{{"--allow-cwd"}, nil} {
			args = append(append([]string{"-p", "x", "--workdir", w.path(".ssh")}, args...), "--", "cat", w.path(".ssh/key"))
			out, status := w.question(w.project, "y\n", args...)
			if status != 125 || strings.Contains(out, "secret") || !strings.Contains(out, "it is protected (SSH keys)") {
				t.Errorf("a protected directory: status %d\n%s", status, out)
			}
		}
		out, status := w.run("-p", "x", "--allow", w.home, "--workdir", w.home, "--", "cat", w.path("project/file"))
		w.want("the user's own word", out, status, 0, "inside")
	})
}
