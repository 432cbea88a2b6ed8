package escape

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
)

// A table collects what every attack came to.
type table struct {
	mu    sync.Mutex
	heads []string          // "control", ABIs, supervisors
	cells map[string]string // "door/user/column"
}

func newTable(columns []column) *table {
	tb := &table{cells: map[string]string{}}
	for _, c := range columns {
		tb.heads = append(tb.heads, c.head)
	}
	return tb
}

func (tb *table) set(d door, user, column, outcome string) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.cells[d.name+"/"+user+"/"+column] = outcome
}

// write puts the table into the file that NONO_TABLE names, or the test's log.
func (tb *table) write(t *testing.T) {
	t.Helper()
	var b strings.Builder
	out := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	fmt.Fprintf(out, "door\tuser\t%s\texpected\n", strings.Join(tb.heads, "\t"))
	for _, d := range allDoors() {
		for _, user := range []string{"root", "user"} {
			if _, ok := tb.cells[d.name+"/"+user+"/control"]; !ok {
				continue
			}
			var row []string
			for _, head := range tb.heads {
				row = append(row, cmp.Or(tb.cells[d.name+"/"+user+"/"+head], "-"))
			}
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", d.name, user, strings.Join(row, "\t"), d.expected())
		}
	}
	out.Flush()
	if path := os.Getenv("NONO_TABLE"); path != "" {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Error(err)
		}
		return
	}
	t.Log("\n" + b.String())
}

func (d door) expected() string {
	switch {
	case d.works:
		return "works"
	case d.open != "":
		return "open: " + d.open
	case d.below > 0:
		return fmt.Sprintf("shut from ABI %d", d.below)
	}
	return "shut"
}
