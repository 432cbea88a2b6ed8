//go:build !linux

package main

import "github.com/nono-sandbox/nono/core/fault"

// findSelf returns an error: nothing tells here yet which sandbox this is.
func (w *sandbox) findSelf() error {
	return &fault.Error{Do: "use --self", Err: fault.Text("it needs Linux")}
}
