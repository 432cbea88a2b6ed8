package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// How many packages npm ci installs, and how many files each has.
const (
	npmPackages = 60
	npmFiles    = 40
)

// npm measures npm ci of packages that are made here: no network is asked.
func (b *bench) npm() error {
	if _, err := exec.LookPath("npm"); err != nil {
		fmt.Println("npm: not measured, since npm is missing")
		return nil
	}
	dir := filepath.Join(b.dir, "npm")
	wants := map[string]string{}
	for i := range npmPackages {
		name := fmt.Sprintf("p%d", i)
		wants[name] = "file:" + name + ".tgz"
		from := filepath.Join(dir, "made", name, "package")
		if err := os.MkdirAll(from, 0o755); err != nil {
			return err
		}
		texts := map[string]string{"package.json": `{"name": "` + name + `", "version": "1.0.0", "license": "MIT"}`}
		for f := range npmFiles {
			texts[fmt.Sprintf("f%d.js", f)] = fmt.Sprintf("module.exports = (n) => n + %d\n", f)
		}
		for file, text := range texts {
			if err := os.WriteFile(filepath.Join(from, file), []byte(text), 0o644); err != nil {
				return err
			}
		}
		if _, _, err := b.timed(dir, "tar", "-C", filepath.Dir(from), "-czf", filepath.Join(dir, name+".tgz"), "package"); err != nil {
			return err
		}
	}
	manifest, err := json.Marshal(map[string]any{"name": "all", "version": "1.0.0", "dependencies": wants})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "package.json"), manifest, 0o644); err != nil {
		return err
	}
	if _, _, err := b.timed(dir, "npm", "install", "--package-lock-only", "--offline"); err != nil {
		return err
	}
	clean := func() error { return os.RemoveAll(filepath.Join(dir, "node_modules")) }
	return b.alternate(fmt.Sprintf("npm ci, %d files", npmPackages*(npmFiles+1)), dir, max(3, b.rounds/3), clean, "npm", "ci", "--offline", "--ignore-scripts", "--no-audit", "--no-fund")
}
