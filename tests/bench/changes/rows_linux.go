package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func hasOverlay() bool {
	help, _ := exec.Command("bwrap", "--help").CombinedOutput()
	return bytes.Contains(help, []byte("--tmp-overlay"))
}

// make makes a directory with files.
func (b *bench) make(name string, files int) (string, error) {
	dir := filepath.Join(b.dir, name)
	for i := range files {
		in := filepath.Join(dir, strconv.Itoa(i/1000))
		if i%1000 == 0 {
			if err := os.MkdirAll(in, 0o755); err != nil {
				return "", err
			}
		}
		if err := os.WriteFile(filepath.Join(in, "f"+strconv.Itoa(i)), []byte("text of a small file\n"), 0o644); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// timed runs a command in dir and returns how long it took and what it said.
func (b *bench) timed(dir string, words ...string) (time.Duration, string, error) {
	took, _, out, err := b.measured(dir, words...)
	return took, out, err
}

// measured tells the time of the processors too, of the command and all that it waited for,
// which other programs on the machine change less.
func (b *bench) measured(dir string, words ...string) (took, cpu time.Duration, said string, err error) {
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+b.state, "npm_config_cache="+filepath.Join(dir, ".cache"), "npm_config_update_notifier=false")
	begun := time.Now()
	out, err := cmd.CombinedOutput()
	took = time.Since(begun)
	if err != nil {
		return 0, 0, "", fmt.Errorf("%s: %w: %s", strings.Join(words, " "), err, out)
	}
	return took, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), string(out), nil
}

// alternate measures all ways in turn; before is called before each.
func (b *bench) alternate(row, dir string, rounds int, before func() error, words ...string) error {
	ways := b.ways(dir)
	figures, cpus := make([][]time.Duration, len(ways)), make([][]time.Duration, len(ways))
	for range rounds {
		for i, w := range ways {
			if err := before(); err != nil {
				return err
			}
			took, cpu, _, err := b.measured(dir, append(w.words[:len(w.words):len(w.words)], words...)...)
			if err != nil {
				return err
			}
			figures[i], cpus[i] = append(figures[i], took), append(cpus[i], cpu)
		}
	}
	print(row, ways, figures)
	print(row+", CPU", ways, cpus)
	return nil
}

func nothing() error { return nil }

func (b *bench) launch() error {
	dir, err := b.make("small", 10)
	if err != nil {
		return err
	}
	return b.alternate("launch of true", dir, b.rounds, nothing, "true")
}

// write measures the first write of each of 1,000 small files: the first of a run, which
// saves or copies the file.
func (b *bench) write() error {
	dir, err := b.make("write", 1000)
	if err != nil {
		return err
	}
	ways := b.ways(dir)
	figures := make([][]time.Duration, len(ways))
	for range b.rounds {
		for i, w := range ways {
			_, out, err := b.timed(dir, append(w.words[:len(w.words):len(w.words)], b.self, "-write", filepath.Join(dir, "0"))...)
			if err != nil {
				return err
			}
			n, err := strconv.ParseInt(strings.TrimSpace(out), 10, 64)
			if err != nil {
				return err
			}
			figures[i] = append(figures[i], time.Duration(n))
		}
	}
	print("first write of a small file", ways, figures)
	return nil
}

// build compiles 30 files.
func (b *bench) build() error {
	if _, err := exec.LookPath("cc"); err != nil {
		fmt.Println("build: not measured, since cc is missing")
		return nil
	}
	dir := filepath.Join(b.dir, "build")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for i := range 30 {
		source := fmt.Sprintf("#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\nint f%d(int n) { return printf(\"%%d\", n + %d); }\n", i, i)
		if err := os.WriteFile(fmt.Sprintf("%s/f%d.c", dir, i), []byte(source), 0o644); err != nil {
			return err
		}
	}
	clean := func() error {
		objects, _ := filepath.Glob(dir + "/*.[oa]")
		for _, path := range objects {
			os.Remove(path)
		}
		return nil
	}
	return b.alternate("C build of 30 files", dir, max(3, b.rounds/3), clean, "sh", "-ec", "for f in *.c; do cc -O1 -c $f; done; ar rc lib.a *.o")
}

// keep measures nono keep of new files beside cp -a of as many.
func (b *bench) keep() error {
	ways := []way{{name: "cp -a"}, {name: "nono keep"}}
	figures := make([][]time.Duration, 2)
	from, err := b.make("from", b.kept)
	if err != nil {
		return err
	}
	for round := range max(3, b.rounds/5) {
		dir := filepath.Join(b.dir, "keep"+strconv.Itoa(round))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		took, _, err := b.timed(b.dir, "cp", "-a", from, filepath.Join(b.dir, "copy"+strconv.Itoa(round)))
		if err != nil {
			return err
		}
		figures[0] = append(figures[0], took)
		if _, _, err := b.timed(dir, filepath.Join(b.bin, "nono"), "run", "--silent", "--ephemeral", "--allow-command", "cp", "--allow", dir, "--read", from, "--", "cp", "-a", from, dir); err != nil {
			return err
		}
		if took, _, err = b.timed(dir, filepath.Join(b.bin, "nono"), "keep"); err != nil {
			return err
		}
		if kept, _ := filepath.Glob(dir + "/from/*/*"); len(kept) != b.kept {
			return fmt.Errorf("%d files were kept", len(kept))
		}
		figures[1] = append(figures[1], took)
	}
	print(fmt.Sprintf("%d new files", b.kept), ways, figures)
	return nil
}

// largeTree launches where the granted directory holds very many files.
func (b *bench) largeTree() error {
	dir, err := b.make("large", b.large)
	if err != nil {
		return err
	}
	return b.alternate(fmt.Sprintf("launch, %d files", b.large), dir, b.rounds, nothing, "true")
}
