package secrets

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// After a request that the service has answered, the memory of the command and of its
// children has the made-up key and not the real one. The supervisor's has it: the control.
func TestKeyIsNotInMemory(t *testing.T) {
	testenv.RequireLandlock(t, 4)
	testenv.RequireRoot(t, "reads the memory of other processes")
	tool(t, "python3")
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u, s)
		w.service(t)
		must(t, os.WriteFile(filepath.Join(w.project, "client.py"), []byte(client), 0o644))
		program := w.script(filepath.Join(w.bin, "manager"), "echo "+hidden)
		cmd := w.command("nono-run", "--silent", "--allow", w.project, "--credential", "test=exec:"+program, "--",
			"sh", "-c", `python3 -c "exec(open('client.py').read()); print('done', flush=True); input()"; true`)
		in, err := cmd.StdinPipe()
		must(t, err)
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		defer cmd.Wait()
		defer in.Close()
		lines := bufio.NewReader(out)
		if line, _ := lines.ReadString('\n'); line != "known: true\n" {
			t.Fatal(line)
		}
		lines.ReadString('\n')
		if !inMemory(t, cmd.Process.Pid, hidden) {
			t.Error("the supervisor does not have the key: the search finds nothing")
		}
		inside := descendants(cmd.Process.Pid)
		if len(inside) < 2 {
			t.Fatalf("%d processes inside", len(inside))
		}
		for _, pid := range inside {
			if !inMemory(t, pid, "nono-") {
				t.Errorf("process %d does not have the made-up key", pid)
			}
			if inMemory(t, pid, hidden) {
				t.Errorf("process %d has the key", pid)
			}
		}
	})
}

// descendants are the processes beneath pid.
func descendants(pid int) []int {
	var all []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, stat := range stats {
		text, _ := os.ReadFile(stat)
		_, rest, _ := strings.Cut(string(text), ") ")
		var child, parent int
		var state string
		fmt.Sscan(string(text), &child)
		if n, _ := fmt.Sscan(rest, &state, &parent); n == 2 && parent == pid {
			all = append(append(all, child), descendants(child)...)
		}
	}
	return all
}

// inMemory looks for text in what a process may read of its own memory (proc(5),
// /proc/PID/maps and mem).
func inMemory(t *testing.T, pid int, text string) bool {
	t.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	must(t, err)
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	must(t, err)
	defer mem.Close()
	for line := range strings.Lines(string(maps)) {
		var from, to int64
		var rights string
		if n, _ := fmt.Sscanf(line, "%x-%x %s", &from, &to, &rights); n < 3 || !strings.HasPrefix(rights, "rw") || to-from > 1<<30 {
			continue
		}
		block := make([]byte, 1<<20)
		for at := from; at < to; at += int64(len(block)) - 256 { // what lies across two blocks
			n, _ := mem.ReadAt(block[:min(int64(len(block)), to-at)], at)
			if bytes.Contains(block[:n], []byte(text)) {
				return true
			}
		}
	}
	return false
}
