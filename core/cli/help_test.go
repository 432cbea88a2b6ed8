package cli

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/fault"
)

func TestHelpLayout(t *testing.T) {
	got := Help([]Flag{
		{Name: "allow", Short: "a", Arg: Dir, Help: "read and write", Group: "First"},
		{Name: "quiet", Help: "say nothing", Group: "Second"},
		{Name: "a-name-that-is-long", Arg: Command, Help: "and its help beneath", Group: "First"},
		{Name: "twenty-characters-xyz", Help: "it just does not fit", Group: "Second"},
	})
	want := `
First:
  -a, --allow DIR             read and write
      --a-name-that-is-long COMMAND
                              and its help beneath

Second:
      --quiet                 say nothing
      --twenty-characters-xyz it just does not fit
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestHelpOfTheTables: everything is there, once, and fits a terminal of 80
// columns.
func TestHelpOfTheTables(t *testing.T) {
	for _, table := range [][]Flag{PolicyFlags, RunFlags, WhyTable()} {
		text := Help(table)
		for _, f := range table {
			n := strings.Count(text, "--"+f.Name+" ") + strings.Count(text, "--"+f.Name+"\n") + strings.Count(text, "--"+f.Name+"[=")
			if n < 1 {
				t.Errorf("--%s is not in the help", f.Name)
			}
		}
		for line := range strings.Lines(text) {
			if len(line) > 81 {
				t.Errorf("%d columns: %s", len(line)-1, line)
			}
		}
	}
}

func TestPrinter(t *testing.T) {
	err := &fault.Error{Do: "open", Path: "/x\x1b[31m", Err: fault.Text("no"), Hint: "try again"}
	for _, c := range []struct {
		colour, silent bool
		want           string
	}{
		{false, false, "nono: error: cannot open $'/x\\033[31m': no\nnono: hint: try again\nnono: notice: by the way\n"},
		{false, true, "nono: error: cannot open $'/x\\033[31m': no\nnono: hint: try again\n"},
		{true, false, "nono: \x1b[31merror:\x1b[0m cannot open $'/x\\033[31m': no\nnono: \x1b[36mhint:\x1b[0m try again\nnono: \x1b[33mnotice:\x1b[0m by the way\n"},
	} {
		var out, errs bytes.Buffer
		p := &Printer{Out: &out, Err: &errs, Colour: c.colour, Silent: c.silent}
		p.Error(err)
		p.Notice("by the way")
		if errs.String() != c.want || out.Len() != 0 {
			t.Errorf("%+v: %q and %q, want %q", c, errs.String(), out.String(), c.want)
		}
	}
	var errs bytes.Buffer
	(&Printer{Err: &errs}).Error(errors.New("plain"))
	if errs.String() != "nono: error: plain\n" {
		t.Errorf("%q", errs.String())
	}
}

// TestNoColourOffATerminal: a file is none, whatever the environment says.
func TestNoColourOffATerminal(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	t.Setenv("NO_COLOR", "")
	t.Setenv("TERM", "xterm")
	if NewPrinter(f, f).Colour {
		t.Error("colour into a file")
	}
}
