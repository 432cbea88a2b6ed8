package policy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// TestKernelLog: the kernel's audit log has what it denied, where that was asked for, and
// nothing where not.
func TestKernelLog(t *testing.T) {
	testenv.RequireLandlock(t, kernel.ABILog)
	if os.Geteuid() != 0 {
		t.Skip("only root reads the kernel's log, so it was not tried")
	}
	was := auditing(t)
	if was == "" {
		t.Skip("the kernel's audit cannot be used here, so it was not tried")
	}
	if was == "0" {
		// Only the kernel's own messages, as if nobody had asked.
		if out, err := exec.Command("auditctl", "-e", "1").CombinedOutput(); err != nil {
			t.Skipf("the kernel's audit cannot be turned on here: %s", out)
		}
		t.Cleanup(func() { exec.Command("auditctl", "-e", "0").Run() })
	}
	s := suite.Build(t, suite.Newest)
	deny := func(name string, flags ...string) string {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
		args := append(append([]string{"--silent"}, flags...), "--net-block", "--", "cat", file)
		if out, err := exec.Command(s.Path("nono-run"), args...).CombinedOutput(); err == nil {
			t.Fatalf("nothing was denied: %s", out)
		}
		return file
	}
	quiet := deny("quiet")
	// The kernel prints only so many records a second; what others make comes between.
	for range 30 {
		loud := deny("loud", "--audit-kernel")
		time.Sleep(200 * time.Millisecond)
		log := kernelLog(t)
		if strings.Contains(log, "fs.read_file path=\""+loud+"\"") {
			if strings.Contains(log, quiet) {
				t.Error("the kernel logs what nobody wanted logged")
			}
			return
		}
	}
	t.Error("the kernel has logged nothing")
}

// auditing is what auditctl says of the kernel's audit: "0", "1", "2", or "" for none.
func auditing(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("auditctl", "-s").Output()
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(out)) {
		if n, ok := strings.CutPrefix(strings.TrimSpace(line), "enabled "); ok {
			return n
		}
	}
	return ""
}

// kernelLog is what the kernel, or auditd where it runs, has kept.
func kernelLog(t *testing.T) string {
	t.Helper()
	messages, err := exec.Command("dmesg").Output()
	if err != nil {
		t.Skipf("the kernel's messages cannot be read here: %v", err)
	}
	kept, _ := exec.Command("ausearch", "-m", "1423", "-ts", "recent").Output()
	return string(messages) + string(kept)
}

// TestNoKernelLog: an older kernel that cannot log starts nothing.
func TestNoKernelLog(t *testing.T) {
	testenv.RequireLandlock(t, kernel.ABILog)
	s := suite.Build(t, kernel.ABILog-1)
	out, err := exec.Command(s.Path("nono-run"), "--silent", "--audit-kernel", "--net-block", "--", "echo", "started").CombinedOutput()
	if err == nil || strings.Contains(string(out), "started") || !strings.Contains(string(out), "cannot have the kernel log what it denies: that needs Landlock ABI 7") {
		t.Errorf("%v: %s", err, out)
	}
}
