package policy

import (
	"os"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"github.com/nono-sandbox/nono/core/testenv/golden"
)

// TestGoldenSpec pins what one ordinary request makes of one scratch machine.
// The lines about the real system, which differ between machines, are left out;
// so are the lists' lines about what does not exist, but for their number.
func TestGoldenSpec(t *testing.T) {
	b := newBox(t)
	b.file("home/.ssh/id_ed25519", "")
	b.file("home/.ssh/known_hosts", "")
	b.file("home/.bashrc", "")
	b.file("home/.gitconfig", "")
	b.file("home/.config/gh/hosts.yml", "")
	b.file("home/.config/app/config", "")
	b.file("home/.local/bin/tool", script)
	b.file("home/code/main.c", "")
	b.file("project/keys/key", "")
	b.symlink(b.project+"/keys", "home/.aws")
	b.file("bin/rm", script)
	b.file("bin/agent", "#!"+b.bin+"/interp\n")
	b.file("bin/interp", "#!\n")
	p := b.must(Options{
		Grants: b.parse("allow home", "read-file home/.ssh/known_hosts", "allow project", "deny project/private",
			"deny-write home/code/main.c", "read@p home/.config/app", "read bin"),
		NetBlock: true, AllowCommands: []string{"privilege-escalation"}, Command: []string{"agent", "--fast"},
		Temp: b.root + "/tmp/1", SpecFile: b.root + "/tmp/1.spec", KeepFDs: []int{5},
	})
	var kept []spec.Path
	counts := map[string]int{}
	var order []string
	for _, l := range p.Spec.Paths {
		path, ok := b.rel(l.Path)
		if !ok {
			continue
		}
		if _, err := os.Lstat(l.Path); err != nil && !l.Kind.Grants() && l.By.Source != spec.Flag {
			by := l.By.String() + " (" + l.Kind.String() + ")"
			if counts[by]++; counts[by] == 1 {
				order = append(order, by)
			}
			continue
		}
		l.Path = "/BOX/" + path
		l.By.Detail = strings.ReplaceAll(l.By.Detail, b.root, "/BOX")
		kept = append(kept, l)
	}
	s := *p.Spec
	s.Paths = kept
	got := string(document.Append(nil, &s))
	for _, by := range order {
		got += "# absent, yet protected: " + by + "\n"
	}
	if counts["SSH keys (deny)"] != 0 || counts["histories (deny)"] < 20 {
		t.Errorf("the counts of what is absent are not credible: %v", counts)
	}
	golden.Check(t, "testdata/home.spec", got)
}
