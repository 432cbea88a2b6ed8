package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/cli"
)

// TestEveryFlagIsBound: what the help shows is taken.
func TestEveryFlagIsBound(t *testing.T) {
	table := cli.WhyTable()
	if got := (&options{}).bind().Table(); !slices.Equal(got, table) {
		t.Error("the flags are not those of the tables")
	}
	for _, f := range table {
		args := []string{"--" + f.Name}
		if f.Arg != cli.None {
			args = append(args, "7")
		}
		set := (&options{}).bind()
		if _, err := set.Parse(args); err != nil && strings.Contains(err.Error(), "no such flag") {
			t.Errorf("--%s is in the help and bound to nothing", f.Name)
		} else if err == nil && !set.Given(f.Name) {
			t.Errorf("--%s is not noted as given", f.Name)
		}
	}
}
