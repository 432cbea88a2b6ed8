package audit

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// record writes a log of so many events and returns its lines.
func record(t *testing.T, n int) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	log := New(f, func(err error) { t.Error(err) })
	log.Write(Event{Kind: Start, Source: Fact, Spec: "nono-spec 1\n"})
	for range n {
		log.Write(Event{Kind: Exec, Source: Claimed, Path: "/bin/true", Argv: []string{"true", "caf\xe9", `"x`, "<&>"}})
	}
	if err := log.Close(Event{}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n")
}

func problems(t *testing.T, lines []string) []Problem {
	t.Helper()
	r := NewReader(strings.NewReader(strings.Join(lines, "")))
	if _, err := r.Runs(); err != nil {
		t.Fatal(err)
	}
	return r.Problems
}

// A log that nobody touched has no problem; every change of a line, of the order or of
// the number of lines, but for some cut off at the end, is one.
func TestChain(t *testing.T) {
	lines := record(t, 8)
	lines[len(lines)-1] += "\n"
	if p := problems(t, lines); len(p) != 0 {
		t.Fatalf("untouched: %v", p)
	}
	for i := range lines {
		for name, touched := range map[string][]string{
			"changed":    edit(lines, i, func(s string) []string { return []string{strings.Replace(s, `"since_ns":`, `"since_ns":1`, 1)} }),
			"taken out":  edit(lines, i, func(string) []string { return nil }),
			"doubled":    edit(lines, i, func(s string) []string { return []string{s, s} }),
			"cut short":  edit(lines, i, func(s string) []string { return []string{s[:len(s)/2] + "\n"} }),
			"a space":    edit(lines, i, func(s string) []string { return []string{" " + s} }),
			"words":      edit(lines, i, func(s string) []string { return []string{s, "words\n"} }),
			"empty line": edit(lines, i, func(s string) []string { return []string{s, "\n"} }),
		} {
			last := i == len(lines)-1
			if p := problems(t, touched); len(p) == 0 && !(last && (name == "taken out" || name == "changed" || name == "a space")) {
				t.Errorf("line %d %s: no problem is found", i+1, name)
			}
		}
		if i > 0 {
			swapped := slices.Clone(lines)
			swapped[i-1], swapped[i] = swapped[i], swapped[i-1]
			if len(problems(t, swapped)) == 0 {
				t.Errorf("lines %d and %d exchanged: no problem is found", i, i+1)
			}
		}
	}
	r := NewReader(strings.NewReader(strings.Join(lines[:5], "")))
	r.Runs()
	if open := r.Open(); len(open) != 1 {
		t.Errorf("without its end: %q are open", open)
	}
}

func edit(lines []string, i int, f func(string) []string) []string {
	return slices.Concat(lines[:i], f(lines[i]), lines[i+1:])
}

// A run that was cut out is missed by the next one, whatever was at the end of the file;
// what a full disk left unfinished is not taken for the beginning of the next line.
func TestChainOfRuns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	open := func(flags int) *os.File {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|flags, 0o600)
		must(t, err)
		return f
	}
	var runs []string
	text := func() string {
		b, err := os.ReadFile(path)
		must(t, err)
		return string(b)
	}
	write := func(flags int, spec string) {
		before := 0
		if len(runs) > 0 {
			before = len(text())
		}
		log := New(open(flags), func(err error) { t.Error(err) })
		log.Write(Event{Kind: Start, Source: Fact, Spec: spec})
		must(t, log.Close(Event{}))
		runs = append(runs, text()[before:])
	}
	for _, n := range []int{1, 4096, 1 << 17} { // the last lines' lengths are of all kinds
		write(os.O_RDWR, strings.Repeat("x", n))
	}
	all := slices.Clone(runs)
	if p := problems(t, all); len(p) != 0 {
		t.Errorf("untouched: %v", p)
	}
	for i := range all[:2] {
		if p := problems(t, edit(all, i, func(string) []string { return nil })); len(p) != 1 {
			t.Errorf("without run %d: %v", i+1, p)
		}
	}
	f := open(os.O_WRONLY)
	f.WriteString(`{"run":"` + strings.Repeat("y", 1<<14))
	f.Close()
	write(os.O_RDWR, "x")
	if p := problems(t, []string{text()}); len(p) != 1 || !strings.Contains(p[0].What, "no line of a log") {
		t.Errorf("after an unfinished line: %v", p)
	}
	write(os.O_WRONLY, "x") // who may not read the log still logs
	if p := problems(t, []string{text()}); len(p) != 1 {
		t.Errorf("written without being read: %v", p)
	}
}

// Several runs in one file at a time do not mix up.
func TestManyRuns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	var wait sync.WaitGroup
	for range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
			if err != nil {
				t.Error(err)
				return
			}
			log := New(f, func(err error) { t.Error(err) })
			log.Write(Event{Kind: Start, Source: Fact, Spec: strings.Repeat("x", 1<<16)})
			var inner sync.WaitGroup
			for range 4 {
				inner.Add(1)
				go func() {
					defer inner.Done()
					for range 50 {
						log.Write(Event{Kind: Exec, Source: Claimed, Path: "/bin/true"})
					}
				}()
			}
			inner.Wait()
			log.Close(Event{})
		}()
	}
	wait.Wait()
	text, _ := os.ReadFile(path)
	r := NewReader(bytes.NewReader(text))
	runs, err := r.Runs()
	if err != nil || len(runs) != 8 || len(r.Problems) != 0 || len(r.Open()) != 0 {
		t.Fatalf("%d runs, %v, %v", len(runs), r.Problems, err)
	}
	for _, run := range runs {
		if len(run.Events) != 202 {
			t.Errorf("%d events", len(run.Events))
		}
	}
}

// Bytes that are no UTF-8 come back as they were.
func TestBytes(t *testing.T) {
	for _, path := range []string{"/plain", "/caf\xe9", `"quoted"`, "/new\nline", "\xff\xfe", `"`} {
		line := encode(&Event{Path: path})
		r := NewReader(strings.NewReader(strings.Replace(string(line), `"run":"","seq":0`, `"run":"x","seq":1`, 1) + "\n"))
		e, err := r.Next()
		if err != nil || Unquote(e.Path) != path {
			t.Errorf("%q became %q, %v", path, e.Path, err)
		}
	}
}

// A disk that is full is told once, holds nothing up, and is seen in the log.
func TestFull(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=8k"); err != nil {
		t.Skipf("no file system can be mounted to be filled: %v", err)
	}
	defer unix.Unmount(dir, unix.MNT_DETACH)
	f, err := os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	log := New(f, func(error) { told++ })
	log.Write(Event{Kind: Start, Source: Fact})
	for range 100 {
		log.Write(Event{Kind: Exec, Source: Claimed, Path: "/" + strings.Repeat("x", 300)})
	}
	if told != 1 {
		t.Errorf("it was told %d times", told)
	}
	must(t, unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT, "size=1m"))
	log.Write(Event{Kind: Exec, Source: Claimed, Path: "/after"})
	log.Close(Event{})
	text, err := os.ReadFile(filepath.Join(dir, "log"))
	must(t, err)
	r := NewReader(bytes.NewReader(text))
	_, err = r.Runs()
	must(t, err)
	if len(r.Problems) == 0 || len(r.Open()) != 0 {
		t.Fatalf("problems %v", r.Problems)
	}
	for _, p := range r.Problems {
		if !strings.Contains(p.What, "could not be written") && !strings.Contains(p.What, "no line of a log") && !strings.Contains(p.What, "cut short") {
			t.Error(p)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
