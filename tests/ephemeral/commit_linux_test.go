package ephemeral

import (
	"os/exec"
	"strings"
	"testing"
)

func TestCommit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	each(t, func(t *testing.T, p place) {
		p.Outside("git init -q; git config user.name n; git config user.email e; git add -A; git commit -qm first; printf '#!/bin/sh\\ntouch ran\\n' > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit")
		p.run("echo more >> a; rm b; echo new > 'n w'")
		if out, status := p.Nono("keep", "--commit", "from the run"); status != 0 {
			t.Fatal(out)
		}
		p.Want("git log --format=%s; git status --short; git show --name-status --format= | sort; ls ran 2>/dev/null || :", "from the run\nfirst\nA\tn w\nD\tb\nM\ta\n")
		p.run("git config alias.x y; echo z > a")
		if out, status := p.Nono("keep", "--commit", "x"); status != 1 || !strings.Contains(out, "git's own files") {
			t.Errorf("%d: %s", status, out)
		}
	})
}

// git and the pager are not looked for where the command could have left them.
func TestNoProgramOfTheProject(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	each(t, func(t *testing.T, p place) {
		p.Outside("git init -q; git config user.name n; git config user.email e; git add -A; git commit -qm first; mkdir -p .venv/bin")
		for _, name := range []string{"git", "less"} {
			p.Outside("printf '#!/bin/sh\\ntouch " + p.Home + "/planted-" + name + "\\n' > .venv/bin/" + name + "; chmod +x .venv/bin/" + name)
		}
		p.run("echo more >> a")
		nono := p.Suite.Path("nono")
		for _, words := range [][]string{{"script", "-qec", nono + " diff", "/dev/null"}, {nono, "keep", "--commit", "from the run"}} {
			c := p.Command(words...)
			c.Env = append(c.Env, "PATH="+p.Dir+"/.venv/bin:.venv/bin:"+p.Suite.Dir+":/usr/bin:/bin", "TERM=xterm")
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%q: %v: %s", words, err, out)
			}
		}
		p.Want("git log --format=%s -1; ls "+p.Home+" | grep planted || :", "from the run\n")
	})
}

// Nothing that the run leaves says what git runs: neither a directory that looks like a
// repository, nor a filter, which the run has changed.
func TestCommitRunsNothing(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	each(t, func(t *testing.T, p place) {
		p.Outside("git init -q; git config user.name n; git config user.email e; mkdir sub; echo x > sub/x; git add -A; git commit -qm first; echo key > ~/filter")
		sub := p
		sub.Dir = p.Dir + "/sub"
		sub.run(`mkdir -p objects refs/heads; echo "ref: refs/heads/x" > HEAD; printf '[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n[filter "f"]\n\tclean = "touch ` + p.Home + `/ran; cat"\n' > config; echo '* filter=f' > .gitattributes; echo y > x`)
		if out, status := sub.Nono("keep", "--commit", "from the run"); status != 0 {
			t.Error(out)
		}
		p.Want("git log --format=%s -1; git show --name-only --format= sub/x; ls ~/ran 2>/dev/null || :", "from the run\nsub/x\n")
		p.Outside("echo 'touch ~/ran; cat' > clean.sh; git config filter.f.clean 'sh clean.sh'; git add -A; git commit -qm second; rm -f ~/ran")
		p.run("echo 'touch ~/ran; cat' > clean.sh; echo z > sub/x")
		if out, status := p.Nono("keep", "--commit", "x"); status != 1 || !strings.Contains(out, "a filter of the repository ('filter.f.clean')") {
			t.Errorf("%d: %s", status, out)
		}
		p.Want("git log --format=%s -1; cat sub/x; ls ~/ran 2>/dev/null || :", "second\ny\n")
	})
}

// git runs in a sandbox that has the repository alone, whatever its settings name: they are
// read from files of the project too, which an earlier run may have written.
func TestCommitIsConfined(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	each(t, func(t *testing.T, p place) {
		p.Outside("git init -q; git config user.name n; git config user.email e; git config include.path ../settings; touch settings; git add -A; git commit -qm first; printf '[user]\n\tname = other\n' > ~/private")
		p.run(`printf '[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = touch ~/ran; false\n[user]\n\tname = by the project\n' > settings`)
		if out, status := p.Nono("keep", "--commit", "from the run"); status != 0 {
			t.Fatal(out)
		}
		p.Want("git log --format='%s, %an' -1; ls ~/ran 2>/dev/null || :", "from the run, by the project\n")
		p.run(`printf '[include]\n\tpath = ~/private\n' > settings; echo more >> a`)
		for _, told := range []string{"everything is kept; commit by hand", "leave out --commit, and commit by hand"} {
			if out, status := p.Nono("keep", "--commit", "again"); status != 1 || !strings.Contains(out, told) || !strings.Contains(out, "/private': Permission denied") {
				t.Errorf("git read a file outside of the repository: %d: %s", status, out)
			}
			p.run("echo yet more >> a")
		}
		p.Outside("git config --unset include.path; mv .git ~/moved; echo gitdir: ~/moved > .git")
		if out, status := p.Nono("keep", "--commit", "x"); status != 1 || !strings.Contains(out, "no directory") {
			t.Errorf("%d: %s", status, out)
		}
	})
}
