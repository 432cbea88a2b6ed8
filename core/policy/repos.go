package policy

import (
	"os"

	"github.com/nono-sandbox/nono/core/spec"
)

// In a project, what git, an editor, direnv or an agent runs or obeys later, outside of the
// sandbox. A file commondir has git take all settings from elsewhere
// (gitrepository-layout(5)).
var (
	projectFiles = []string{".vscode", ".idea", ".claude", ".mcp.json", ".envrc"}
	gitFiles     = []string{"hooks", "config", "config.worktree", "commondir"}
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
		for _, path := range repoFiles(g.Path) {
			if err := c.deny(l, spec.DenyWrite, path, by); err != nil {
				return err
			}
		}
	}
	return nil
}

// repoFiles are the files of the project in dir.
func repoFiles(dir string) []string {
	var all []string
	for _, name := range projectFiles {
		all = append(all, spec.Join(dir, name))
	}
	git := spec.Join(dir, ".git")
	if st, err := os.Lstat(git); err == nil && !st.IsDir() {
		return append(all, git) // it says where the repository is
	}
	repos := []string{git}
	modules, _ := os.ReadDir(spec.Join(git, "modules"))
	for _, m := range modules {
		repos = append(repos, git+"/modules/"+m.Name())
	}
	for _, repo := range repos {
		for _, name := range gitFiles {
			all = append(all, spec.Join(repo, name))
		}
	}
	return all
}
