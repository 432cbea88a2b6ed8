package policy

import (
	"os"

	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// In a project, what git, an editor, direnv or an agent runs or obeys later, outside of the
// sandbox. A file commondir has git take all settings from elsewhere
// (gitrepository-layout(5)).
var (
	projectFiles = []string{".vscode", ".idea", ".zed", ".devcontainer", ".envrc", ".mcp.json",
		".claude", ".codex", ".gemini", ".qwen", ".opencode", "opencode.json", "opencode.jsonc", ".cursor", ".pi", ".augment", ".kilocode",
		"crush.json", ".crush.json", ".aider.conf.yml"}
	gitFiles = []string{"hooks", "config", "config.worktree", "commondir"}
	// Of another work tree (git-worktree(1)): where its settings are, and its own.
	treeFiles = []string{"commondir", "config.worktree"}
)

// protectRepos makes these read-only in every directory that was asked to be written.
func (c *compiler) protectRepos(l *lines) error {
	if !c.o.ProtectRepo {
		return nil
	}
	by := spec.Origin{Source: spec.Flag, Detail: "--protect-repo"}
	for _, g := range l.asked {
		if !g.Kind.Directory() || !g.Kind.Writes() || g.Path == "/" {
			continue
		}
		files, unseen := repoFiles(g.Path)
		for _, dir := range unseen {
			if err := c.hidden("look for repositories in", dir); err != nil {
				return err
			}
		}
		for _, path := range files {
			if err := c.deny(l, spec.DenyWrite, path, by); err != nil {
				return err
			}
		}
	}
	return nil
}

// repoFiles are the files of the project in dir, which may be a repository itself. unseen
// are directories that cannot be listed.
func repoFiles(dir string) (all, unseen []string) {
	add := func(git string) {
		files, dirs := ofRepository(git)
		all, unseen = append(all, files...), append(unseen, dirs...)
	}
	for _, name := range projectFiles {
		all = append(all, spec.Join(dir, name))
	}
	git := spec.Join(dir, ".git")
	switch st, err := os.Lstat(git); {
	case err == nil && !st.IsDir():
		all = append(all, git) // it says where the repository is
	case err == nil || !isRepository(dir):
		add(git)
	}
	head := spec.Join(dir, "HEAD")
	if isRepository(dir) {
		add(dir)
		if _, err := os.Lstat(head); err == nil {
			return all, unseen
		}
	}
	// Without it git takes dir for no repository with settings in it, also where the command
	// has spoiled the one in .git. Of two runs the first could lay all but this file.
	return append(all, head), unseen
}

// isRepository reports whether dir is what git takes for a repository (gitrepository-layout(5)),
// or was before an earlier run removed from it what it could: never its settings, which are
// protected.
func isRepository(dir string) bool {
	st, err := os.Lstat(spec.Join(dir, "config"))
	return err == nil && st.Mode().IsRegular() && hasAny(dir, "HEAD", "objects", "refs", "hooks")
}

func hasAny(dir string, names ...string) bool {
	for _, name := range names {
		if _, err := os.Lstat(spec.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// mostModules is how many directories are looked at for repositories of submodules.
const mostModules = 1000

// ofRepository are the files of the repository git, of its other work trees and of its
// submodules; and the directories among them that cannot be listed.
func ofRepository(git string) (files, unseen []string) {
	w := repoWalk{left: mostModules}
	w.repository(git)
	if w.left < 0 {
		w.files = append(w.files, git+"/modules") // no project has so many: all of them
	}
	return w.files, w.unseen
}

// A repoWalk collects files of repositories that lie in one another.
type repoWalk struct {
	files  []string
	unseen []string
	left   int
}

func (w *repoWalk) repository(git string) {
	w.add(git, gitFiles)
	for _, t := range w.list(git + "/worktrees") {
		w.add(git+"/worktrees/"+t.Name(), treeFiles)
	}
	w.modules(git + "/modules")
}

// modules looks through a directory of submodules, whose names may have slashes.
func (w *repoWalk) modules(dir string) {
	for _, e := range w.list(dir) {
		path := spec.Join(dir, e.Name())
		if w.left--; w.left < 0 {
			return
		}
		switch {
		case e.Type()&os.ModeSymlink != 0:
			w.add(path, gitFiles) // and never what an earlier run may have led it to
		case hasAny(path, "HEAD", "objects", "refs", "hooks", "config"):
			w.repository(path)
		case e.IsDir(): // the first part of a name with slashes, or what becomes a repository
			w.add(path, gitFiles)
			w.modules(path)
		}
	}
}

func (w *repoWalk) list(dir string) []os.DirEntry {
	entries, err := os.ReadDir(dir)
	if errno(err) == unix.EACCES {
		w.unseen = append(w.unseen, dir)
	}
	return entries
}

func (w *repoWalk) add(dir string, names []string) {
	for _, name := range names {
		w.files = append(w.files, spec.Join(dir, name))
	}
}
