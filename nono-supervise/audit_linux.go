package main

import (
	"os"
	"path/filepath"
	"strconv"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"github.com/nono-sandbox/nono/core/supervise/process"
	"github.com/nono-sandbox/nono/core/version"
	"golang.org/x/sys/unix"
)

// openLog opens the log, while this process may open everything still, and leaves it
// open for the program that it becomes.
func openLog(path string) (int, error) {
	const how = unix.O_APPEND | unix.O_CREAT | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_NOCTTY
	fd, err := unix.Open(path, unix.O_RDWR|how, 0o600) // the first line is chained to the last one there
	if err == unix.EACCES {
		fd, err = unix.Open(path, unix.O_WRONLY|how, 0o600)
	}
	var st unix.Stat_t
	if err == nil {
		err = unix.Fstat(fd, &st)
	}
	if err == nil && st.Mode&unix.S_IFMT != unix.S_IFREG {
		// One that has to be read by somebody could hold the command up for ever.
		err = fault.Text("it is not a regular file")
	}
	if err != nil {
		return -1, &fault.Error{Do: "log to", Path: path, Err: err}
	}
	return fd, nil
}

// newLog begins the log of one run.
func newLog(o *options, s *spec.Spec) *audit.Log {
	unix.CloseOnExec(o.audit.fd)
	file := os.NewFile(uintptr(o.audit.fd), o.audit.path)
	log := audit.New(file, func(err error) {
		f := &fault.Error{Do: "write the log", Path: o.audit.path, Err: err}
		if o.audit.required {
			os.Stderr.WriteString(fault.Lines(f))
			process.Kill()
			return
		}
		os.Stderr.WriteString("nono: notice: " + f.Error() + "; the command goes on without (--audit-required ends it)\n")
	})
	doc := document.Append(nil, s)
	uid := os.Getuid()
	cwd, _ := os.Getwd()
	undoID := ""
	if o.undoRun != "" {
		undoID = filepath.Base(o.undoRun)
	}
	log.Write(audit.Event{Kind: audit.Start, Ephemeral: o.apart, Undo: undoID, Source: audit.Fact, PID: os.Getpid(), Parent: os.Getppid(), Cwd: cwd, Argv: o.argv,
		Program: o.exec, Spec: string(doc), Digest: audit.Digest(doc), Version: version.String(), Level: o.audit.level, User: &uid})
	return log
}

// endLog writes how the command ended.
func endLog(log *audit.Log, end process.End) {
	e := audit.Event{PID: os.Getpid()}
	if end.Signal != 0 {
		if e.Signal = unix.SignalName(end.Signal); e.Signal == "" { // one of the real-time signals
			e.Signal = strconv.Itoa(int(end.Signal))
		}
	} else {
		e.Status = &end.Status
	}
	log.Close(e)
}
