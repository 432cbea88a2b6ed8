package main

import (
	"errors"
	"io/fs"
)

// cause takes the path off an error of package os: the message has it already.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
