//go:build !linux

package main

import (
	"os"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
)

func run(_ []string, stdout, stderr *os.File) int {
	cli.NewPrinter(stdout, stderr).Error(&fault.Error{Do: "keep changes apart", Err: fault.Text("only Linux has overlay file systems")})
	return fault.Failed
}
