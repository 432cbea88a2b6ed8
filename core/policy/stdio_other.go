//go:build !linux

package policy

// standardStreams adds nothing: /dev/fd is a file system of its own there, which opens
// what the descriptor holds and not the path.
func (c *compiler) standardStreams(*lines) {}
