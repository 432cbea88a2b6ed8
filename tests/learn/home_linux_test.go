package learn

import (
	"os"
	"os/exec"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// Names that are new in the home can be made in the run, though something protected is in
// it, and what is protected cannot.
func TestNewInTheHome(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	if _, err := exec.LookPath("perl"); err != nil {
		t.Skip("perl is not installed")
	}
	const script = `$h = $ENV{HOME}; sub put { open(F, ">", "$h/$_[0]") or return 0; print F $_[1]; close F }
put(".foorc.new", "a") and rename("$h/.foorc.new", "$h/.foorc") or die $!;
mkdir("$h/.foo") and put(".foo/y", "b") or die $!;
put($_, "c") and die $_ for ".bash_profile", ".ssh/new", ".aws/credentials";
rename("$h/.foorc", "$h/.zshrc") and die "renamed";
print "done\n"`
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPerson(t, u)
		out, stderr, status := p.run("nono-learn", "--output", "learned", "--", "perl", "-e", script)
		if status != 0 || out != "done\n" {
			t.Fatalf("%d: %s%s", status, out, stderr)
		}
		for file, want := range map[string]string{".foorc": "a", ".foo/y": "b", ".aws/credentials": "SECRET"} {
			if text, err := os.ReadFile(p.home + "/" + file); err != nil || string(text) != want {
				t.Errorf("%s holds %q, %v", file, text, err)
			}
		}
		lines, text := p.profile("learned")
		for _, want := range []string{"allow-file ~/.foorc", "create ~/.foo", "temp ~/.foo", "net-block"} {
			if !has(lines, want) {
				t.Errorf("the line %q is missing:\n%s", want, text)
			}
		}
		p.grantsNoSecret("learned")
	})
}
