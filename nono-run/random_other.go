//go:build !linux

package main

import "github.com/nono-sandbox/nono/core/fault"

// fill is not wanted where no credential can stay outside.
func fill([]byte) error { return fault.Text("that needs Linux") }
