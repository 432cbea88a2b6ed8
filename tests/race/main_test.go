package race

import (
	"os"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
