package spec

import (
	"strings"
	"testing"
)

func TestKinds(t *testing.T) {
	var grants, writes, dirs, files []string
	for k := Kind(0); k <= DenyWrite+1; k++ {
		if k.String() != "?" && k.Grants() {
			grants = append(grants, k.String())
		}
		if k.Writes() {
			writes = append(writes, k.String())
		}
		if k.Directory() {
			dirs = append(dirs, k.String())
		}
		if k.File() {
			files = append(files, k.String())
		}
	}
	for _, c := range []struct {
		what string
		got  []string
		want string
	}{
		{"grants", grants, "read write allow read-file write-file allow-file device temp unix-socket"},
		{"writes", writes, "write allow write-file allow-file device temp"},
		{"directories", dirs, "read write allow temp"},
		{"files", files, "read-file write-file allow-file"},
	} {
		if got := strings.Join(c.got, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}
