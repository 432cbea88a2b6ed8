package main

import (
	"os"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/supervise/record"
	"golang.org/x/sys/unix"
)

// recorder returns what notes the things that the command uses, if that is asked for.
// The descriptor for them is nobody's but this process's.
func (o *options) recorder() *record.Recorder {
	if o.record == 0 {
		return nil
	}
	unix.CloseOnExec(o.record)
	return record.New()
}

// recorded has a recorder hear of connections, and then whoever else does.
func recorded(r *record.Recorder, others func(audit.Event)) func(audit.Event) {
	return func(e audit.Event) {
		r.Host(e)
		if others != nil {
			others(e)
		}
	}
}

// writeRecording writes what was noted, when no process of the command is left that
// could still use something.
func (o *options) writeRecording(r *record.Recorder) error {
	text, err := r.JSON()
	if err == nil {
		f := os.NewFile(uintptr(o.record), "the recording")
		if _, err = f.Write(text); err == nil {
			err = f.Close()
		}
	}
	if err != nil {
		return &fault.Error{Do: "write the recording", Err: err}
	}
	return nil
}
