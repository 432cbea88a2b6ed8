package supervise

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// A yes to a question whose asker has died changes nothing, and the others go on.
func TestAskerDied(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		a := newAsked(t, u, `pid=$(echo "$q" | sed -n 's/.*"asker":{"pid":\([0-9]*\).*/\1/p')
case "$q" in
*'/f"'*) kill -9 "$pid"; while kill -0 "$pid"; do sleep 0.05; done 2>/dev/null ;;
esac
echo '{"yes":true,"for":"run"}'`)
		a.says(t, "another\ndone\n", "exec 2>/dev/null; sh -c \"echo changed >$O/f\" & wait $!; cat $O/g; echo done")
		if text, err := os.ReadFile(a.other + "/f"); err != nil || string(text) != "the file\n" {
			t.Errorf("the file holds %q, %v", text, err)
		}
		if asked := a.questions(t, "path"); len(asked) != 2 {
			t.Errorf("asked about %q", asked)
		}
	})
}

// Each of two questions that are open at once has its own answer.
func TestAskTwoAtOnce(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		at := u.Dir(t)
		// Neither is answered before both are there.
		a := newAsked(t, u, `both() { touch `+at+`/$1; until [ -e `+at+`/$2 ]; do sleep 0.05; done; echo "{\"yes\":$3}"; }
case "$q" in
*'/f"'*) both f g true ;;
*) both g f false ;;
esac`)
		a.says(t, "the file\n", "cat $O/f & cat $O/g 2>/dev/null; wait")
		if asked := a.questions(t, "path"); len(asked) != 2 || filepath.Base(asked[0]) == filepath.Base(asked[1]) {
			t.Errorf("asked about %s", strings.Join(asked, ", "))
		}
	})
}
