package shell

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// status prints the last exit status so that what is typed does not show it.
func (term *terminal) status(k kind, want string) {
	term.t.Helper()
	term.run("echo is:" + k.status)
	term.see("is:" + want)
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, u user, k kind) {
		term := k.start(t, u)
		term.run("type nono | head -n 1")
		term.see(k.isFunction)
		term.run("nono run --silent --allow . -- cat sub/file")
		term.see("content")
		term.status(k, "0")
		term.run("nono run --silent --allow . -- cat ../secret")
		term.see("ermission denied")
		term.status(k, "1")
		term.clear()
		term.run("nono run --silent --allow . -- sh -c 'exit 7'")
		term.status(k, "7")
		term.run("nono why --version")
		term.see("nono-why 0.")
		term.run("nono version")
		term.see("nono 0.")
		term.run("nono bogus")
		term.see("cannot find a subcommand 'bogus'")
		term.status(k, "2")
	})
}

func TestAgents(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, u user, k kind) {
		term := k.start(t, u)
		made := "made-by-claude"
		term.run("sclaude --silent")
		term.see("claude in " + u.home + "/project:")
		term.status(k, "0")
		if _, err := os.Stat(filepath.Join(u.home, "project", made)); err != nil {
			t.Errorf("the working directory was not shared: %v", err)
		}
		term.clear()
		term.run("sclaude --silent --read ~/tmp -- --resume 'a b'")
		term.see("<--resume> <a b>")
		term.run("sclaude -s 'fix it' -p x")
		term.see("<fix it> <-p> <x>")
		term.run("sclaude --resume")
		term.see("hint: sclaude -- --resume")
		term.status(k, "2")
		term.clear()
		term.run("sclaude --read")
		term.see("its argument is missing")
		term.run("sopencode -s run")
		term.see("opencode: run")
		term.run("sopenclaw -s gateway")
		term.see("openclaw: gateway")
		// A home is never shared by being the working directory.
		term.clear()
		term.run("cd; sclaude --silent --read project; echo is:" + k.status)
		term.see("is:")
		if _, err := os.Stat(filepath.Join(u.home, made)); err == nil {
			t.Errorf("sclaude shared the home")
		}
	})
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, u user, k kind) {
		term := k.start(t, u)
		for _, c := range [][2]string{
			{"nono ru", "nono run"},
			{"nono run --net-b", "nono run --net-block"},
			{"nono run --allow s", "nono run --allow sub/"},
			{"nono run --allow=s", "nono run --allow=sub/"},
			{"nono run --read-file sub/f", "nono run --read-file sub/file"},
			{"nono run --allow . --read ~/sec", "nono run --allow . --read ~/sec"}, // a file is none
			{"nono run --profile claude", "nono run --profile claude-code"},
			{"nono run --allow-command file-d", "nono run --allow-command file-destruction"},
			{"nono run --allow-env HOM", "nono run --allow-env HOME"},
			{"nono run --allow . -- mycm", "nono run --allow . -- mycmd"},
			{"nono run --allow . mycm", "nono run --allow . mycmd"},
			{"nono run --allow . -- mycmd alp", "nono run --allow . -- mycmd alphabet"},
			{"nono run --allow . --net-block mycmd alp", "nono run --allow . --net-block mycmd alphabet"},
			{"nono-run --dry", "nono-run --dry-run"},
			{"nono shell --net-b", "nono shell --net-block"},
			{"nono why --allow . su", "nono why --allow . sub/"},
			{"nono-why --net-b", "nono-why --net-block"},
			{"sclaude --net-b", "sclaude --net-block"},
			{"sclaude --read su", "sclaude --read sub/"},
			{"sclaude --allow . -- --res", "sclaude --allow . -- --resume"},
			{"nono pol", "nono policy"},
			{"nono policy sh", "nono policy show"},
			{"nono policy show claude", "nono policy show claude-code"},
			{"nono policy lint --net-b", "nono policy lint --net-block"},
			{"nono policy verify --ident", "nono policy verify --identities"},
			{"nono audit sch", "nono audit schema"},
			{"nono audit show su", "nono audit show sub/"},
			{"nono undo pru", "nono undo prune"},
			{"nono ephemeral prune --old", "nono ephemeral prune --older"},
			{"nono keep --for", "nono keep --force"},
		} {
			term.completes(c[0], c[1])
		}
		term.offers("nono ", "run", "why", "learn", "shell", "version", "help", "policy", "audit", "ask", "diff", "keep", "discard", "ephemeral", "undo")
		term.offers("nono audit ", "show", "verify", "report", "replay", "schema")
		term.offers("nono run --allow-", "--allow-rmdir", "--allow-command", "--allow-env")
		term.offers("nono run --profile ", "claude-code", "opencode")
		// What completes must not have replaced what runs.
		term.clear()
		term.run("sclaude --silent still works")
		term.see("<still> <works>")
	})
}

func TestJobControl(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, u user, k kind) {
		term := k.start(t, u)
		term.run("nono run --silent --allow . -- sh -c 'echo started$((1+1)); exec sleep 300'")
		term.see("started2")
		term.keys("C-z")
		if k.name == "fish" {
			// fish says nothing of a job that a function started, but has it.
			term.line("")
			term.run("jobs")
		}
		term.see(k.stopped)
		term.run("echo 'back''here'")
		term.see("backhere")
		term.run("fg")
		term.wait("the job in the foreground", func(screen string) bool {
			return !strings.HasSuffix(screen, "\n>") && !strings.HasSuffix(screen, "fg")
		})
		// A shell says that the job goes on before it gives it the terminal.
		term.until("the prompt", func() { term.keys("C-c") }, func(screen string) bool {
			return lastLine(screen) == strings.TrimRight(term.prompt, " ")
		})
		term.clear()
		term.run("nono run --silent --allow . -- sh -c 'echo started$((1+2)); exec sleep 300'")
		term.see("started3")
		term.keys("C-c")
		term.line("")
		term.status(k, "130")
	})
}

func TestUndo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, u user, k kind) {
		term := k.start(t, u)
		term.completes("nono ru", "nono run") // so that all is loaded
		term.clear()
		term.run("nono_unload")
		term.run("type nono")
		term.see(u.prefix + "/bin/nono")
		term.run("sclaude")
		term.status(k, "127")
		term.clear()
		term.run(map[string]string{"bash": "echo left:$(declare -F | grep -c nono):", "zsh": "echo left:$(print -l ${(k)functions} | grep -c nono):",
			"fish": "echo left:(functions -a | string match -a '*nono*' | count):"}[strings.TrimPrefix(k.file(), "nono.")])
		term.see("left:0:")
		term.run("nono version")
		term.see("nono 0.")
	})
}

func TestShellInside(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, u user, k kind) {
		path, err := exec.LookPath(k.argv[0])
		if err != nil {
			t.Skip(k.argv[0] + " is not installed")
		}
		u.env = append(u.env, "SHELL="+path)
		term := k.start(t, u)
		inside := func(s string) {
			t.Helper()
			term.wait(s, func(screen string) bool {
				return strings.Contains(screen[strings.LastIndexByte(screen, '\n')+1:], s)
			})
		}
		term.run("nono shell --allow .")
		inside("(nono) ")
		if screen := term.screen(); strings.Contains(screen, "denied") || strings.Contains(screen, "rror") {
			t.Errorf("the shell complains when it starts:\n%s", screen)
		}
		term.run("cat ../secret")
		term.see("ermission denied")
		term.run("type sclaude | head -n 1")
		term.see("sclaude is a")
		outside := func() {
			t.Helper()
			term.run("exit")
			term.run("printenv NONO_SANDBOX || echo 'we are ''outside'")
			term.see("we are outside")
		}
		outside()
		term.clear()
		// What is given back is read.
		given := "--read-file ~/" + k.rc
		if k.name == "fish" {
			given = "--read ~/.config/fish"
		}
		term.run("nono shell --allow . " + given)
		inside("(nono) >")
		term.run("nono_unload")
		term.line("")
		outside()
		term.clear()
		term.run("nono shell")
		term.see("cannot run with nothing granted")
		term.run("nono shell --allow . -- ls")
		term.see("starts '" + path + "' and no other command")
	})
}

// A start-up file that starts a process costs every shell a millisecond.
func TestStartingStartsNoProcess(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed, so processes were not counted")
	}
	u := newUser(t)
	for _, tc := range []struct {
		name string
		argv []string
	}{
		{"bash", []string{"bash", "--norc", "-i", "-u", "-c"}},
		{"zsh", []string{"zsh", "-f", "-i", "-u", "-c"}},
		{"fish", []string{"fish", "--no-config", "-i", "-c"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := exec.LookPath(tc.name); err != nil {
				t.Skip(tc.name + " is not installed")
			}
			// The same with an empty file: fish starts threads of its own.
			u.write(t, "empty", "")
			forks := func(file string) int {
				log := filepath.Join(u.home, "strace")
				args := append([]string{"-f", "-o", log, "-e", "trace=fork,vfork,clone,clone3,execve"}, tc.argv...)
				source := ". "
				if tc.name == "fish" {
					source = "source "
				}
				cmd := exec.Command("strace", append(args, source+file)...)
				cmd.Env = append(u.env, "TERM=screen", "NONO_SANDBOX=test")
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				text, err := os.ReadFile(log)
				if err != nil {
					t.Fatal(err)
				}
				n := 0
				for line := range strings.SplitSeq(string(text), "\n") {
					// A thread is none.
					if strings.Contains(line, "(") && !strings.Contains(line, "CLONE_THREAD") && !strings.Contains(line, "resumed") && !strings.Contains(line, "+++") && !strings.Contains(line, "---") {
						n++
					}
				}
				return n
			}
			base, got := forks(filepath.Join(u.home, "empty")), forks(u.share("nono."+tc.name))
			if base == 0 {
				t.Fatal("nothing was counted: not even the shell's own start")
			}
			if got != base {
				t.Errorf("reading nono.%s makes %d calls that start processes", tc.name, got-base)
			}
		})
	}
}

// In a script with set -eu the functions behave as the programs do.
func TestStrictScripts(t *testing.T) {
	u := newUser(t)
	for _, sh := range []string{"bash", "zsh"} {
		t.Run(sh, func(t *testing.T) {
			if _, err := exec.LookPath(sh); err != nil {
				t.Skip(sh + " is not installed")
			}
			cmd := exec.Command(sh, "-euc", `. "$1"; nono version; nono run --silent --read / -- true; nono_unload; nono version; echo end`, "-", u.share("nono."+sh))
			cmd.Env = u.env
			out, err := cmd.CombinedOutput()
			if err != nil || strings.Count(string(out), "nono 0.") != 2 || !strings.HasSuffix(string(out), "end\n") {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
