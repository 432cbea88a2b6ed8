package main

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
)

// ephemeral is what --ephemeral says. The zero value: changes go to the originals.
type ephemeral struct {
	on    bool
	end   string // "discard" or "ask": what happens at the end
	again string // the ID of the run to go on with
}

// set takes the flag's argument, "true" where there is none.
func (e *ephemeral) set(arg string) error {
	e.on = arg != "false"
	switch {
	case arg == "true" || arg == "false":
	case arg == "discard" || arg == "ask":
		e.end = arg
	case strings.Trim(arg, "0123456789abcdef-") == "" && strings.Count(arg, "-") == 2:
		e.again = arg
	default:
		return cli.Misuse("use --ephemeral="+fault.Quote(arg), "it is neither 'discard', 'ask' nor the ID of a run", "nono ephemeral list shows the runs")
	}
	return nil
}

// overlay becomes nono-overlay, which lays overlays over what the command may change,
// starts the shim and says at the end what changed. It returns only if that failed.
func (l *launch) overlay(shim string, specFD int, args []string) error {
	program, err := ownProgram("nono-overlay")
	if err != nil {
		return err
	}
	argv := []string{"nono-overlay", "--spec=" + strconv.Itoa(specFD)}
	if l.silent {
		argv = append(argv, "--silent")
	}
	if l.ephemeral.end != "" {
		argv = append(argv, "--end="+l.ephemeral.end)
	}
	if l.ephemeral.again != "" {
		argv = append(argv, "--again="+l.ephemeral.again)
	}
	argv = append(append(argv, "--", shim), args...)
	return &fault.Error{Do: "start", Path: program, Err: l.become(program, argv)}
}
