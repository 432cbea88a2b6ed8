//go:build linux && !amd64

package main

func foreignCall() error { return answer("no other architecture") }
