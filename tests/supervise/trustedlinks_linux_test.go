package supervise

import (
	"bytes"
	"os"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// TestBesideDeniedLinks: later sandboxes follow the symlinks in a home, and in other
// directories with listed paths in them, as those of the user. No run lays one there,
// by any call; beside what the user alone denies, and beneath, symlinks can be made.
func TestBesideDeniedLinks(t *testing.T) {
	testenv.RequireLandlock(t, 2)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		for _, dir := range []string{r.home + "/Documents", r.home + "/.cache", r.home + "/.config", r.home + "/code"} {
			must(t, os.Mkdir(dir, 0o755))
			u.Own(t, dir)
		}
		must(t, os.WriteFile(r.dir+"/.env", nil, 0o644))
		must(t, os.Symlink("Documents", r.home+"/docs")) // the user's own
		must(t, os.Lchown(r.home+"/docs", u.UID, u.UID))
		script := `
try() { "$@" 2>/dev/null && echo "done: $*"; }
try ln -s Documents ~/.npm
try ln -s ~/Documents ~/.cache/uv
try mv ~/docs ~/.npm
try ln ~/docs ~/.npm
ln -s ~/Documents made || echo no symlink beside the denied file
ln -s ~/Documents ~/code/made || echo no symlink in an ordinary directory
try mv made ~/.npm
try ln -P made ~/.npm
try mv ~/code/made ~/.config/git
touch ~/plain ~/other || echo no file in the home
try perl -e 'syscall(316, -100, "$ENV{HOME}/docs", -100, "$ENV{HOME}/plain", 2) and exit 1'
mv ~/plain ~/named || echo no renaming of files in the home
echo kept > ~/out && mv ~/out ~/code/out && mv ~/code/out ~/back && grep -q kept ~/back || echo no moving back of a file
echo new > ~/out && mv ~/out ~/code/out && mv -f ~/code/out ~/back && grep -q new ~/back && test ! -e ~/code/out || echo no replacing by a file from elsewhere
mkdir ~/dir && mv ~/dir ~/code/dir && mv ~/code/dir ~/again && touch ~/again/file || echo no moving back of a directory
test "$(stat -c %h ~/back ~/plain ~/named 2>/dev/null | sort -u)" = 1 || echo a file of two names
mv ~/docs ~/code/moved || echo no moving of a symlink out
`
		cmd := r.nonoRun([]string{"--allow-beside-denied", "--allow-rmdir-own", "--allow", r.home, "--deny", ".env"}, "sh", "-c", script)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		finish(t, cmd, &out)
		if out.String() != "" {
			t.Error(out.String())
		}
		for _, name := range []string{"/.npm", "/.cache/uv", "/.config/git"} {
			if _, err := os.Lstat(r.home + name); err == nil {
				t.Errorf("%s is there", name)
			}
		}
	})
}
