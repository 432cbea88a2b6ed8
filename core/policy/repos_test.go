package policy

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Each repository of a project is found: submodules by names with slashes, those of
// submodules, other work trees, and a directory that is a repository itself.
func TestRepoFiles(t *testing.T) {
	dir := t.TempDir()
	repository := func(path string) {
		t.Helper()
		for _, name := range []string{"objects", "refs"} {
			if err := os.MkdirAll(filepath.Join(dir, path, name), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range []string{"HEAD", "config"} {
			if err := os.WriteFile(filepath.Join(dir, path, name), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, path := range []string{".git", ".git/modules/m", ".git/modules/libs/a", ".git/modules/libs/b/modules/deep/c"} {
		repository(path)
	}
	repository(".git/modules/libs/b")
	if err := os.MkdirAll(filepath.Join(dir, ".git/worktrees/w"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/", filepath.Join(dir, ".git/modules/out")); err != nil {
		t.Fatal(err)
	}
	// What a run could remove does not hide a repository from the next one.
	for _, path := range []string{".git/HEAD", ".git/refs", ".git/modules/m/HEAD", ".git/modules/m/objects", ".git/modules/m/refs"} {
		if err := os.Remove(filepath.Join(dir, path)); err != nil {
			t.Fatal(err)
		}
	}
	files, _ := repoFiles(dir)
	for _, want := range []string{".envrc", ".git/hooks", ".git/config", ".git/modules/m/hooks", ".git/modules/libs/a/config",
		".git/modules/libs/b/hooks", ".git/modules/libs/b/modules/deep/c/commondir", ".git/worktrees/w/commondir",
		".git/worktrees/w/config.worktree", ".git/modules/out/config"} {
		if !slices.Contains(files, filepath.Join(dir, want)) {
			t.Errorf("%s is not among %q", want, files)
		}
	}
	for _, file := range files {
		if strings.HasPrefix(file, filepath.Join(dir, ".git/modules/out/modules")) {
			t.Errorf("followed a symlink: %s", file)
		}
	}
	if files, _ := repoFiles(filepath.Join(dir, ".git")); !slices.Contains(files, filepath.Join(dir, ".git/hooks")) || slices.Contains(files, filepath.Join(dir, ".git/.git/hooks")) {
		t.Errorf("a granted repository: %q", files)
	}
	// Of the bare repository that two runs could lay in the project, HEAD is missing.
	for _, path := range []string{"", "config", "objects"} {
		if path != "" {
			if err := os.WriteFile(filepath.Join(dir, path), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if files, _ := repoFiles(dir); !slices.Contains(files, filepath.Join(dir, "HEAD")) {
			t.Errorf("HEAD is not among %q after %q", files, path)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "HEAD"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if files, _ := repoFiles(dir); slices.Contains(files, filepath.Join(dir, "HEAD")) || !slices.Contains(files, filepath.Join(dir, "config")) {
		t.Errorf("a repository of the user's: %q", files)
	}
	for n := range mostModules + 1 {
		if err := os.Mkdir(filepath.Join(dir, ".git/modules", strconv.Itoa(n)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if files, _ := repoFiles(dir); !slices.Contains(files, filepath.Join(dir, ".git/modules")) {
		t.Error("what is too much to look through is not protected whole")
	}
}
