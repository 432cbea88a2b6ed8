// Package protect holds the promise of protected paths and blocked commands
// against the real kernel: denied means denied, beneath any grant, for root as
// for an ordinary user, and what is beside stays usable.
package protect

import (
	"os"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }
