//go:build !linux

package main

import (
	"os"

	"github.com/nono-sandbox/nono/core/fault"
)

func run([]string) int {
	os.Stderr.WriteString(fault.Lines(&fault.Error{Do: "keep changes apart", Err: fault.Text("only Linux has overlay file systems")}))
	return fault.Failed
}
