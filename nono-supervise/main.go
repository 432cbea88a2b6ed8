// Command nono-supervise is the resident parent of a sandbox. nono-run becomes it
// where a flag asks for something that needs one, and it starts nono-exec-shim, which
// becomes the command:
//
//	nono-supervise --fd=N --from=VERSION --shim=FILE --exec=FILE [FLAG ...] -- COMMAND [ARGUMENT ...]
//
// The flags are nono-run's, not a person's; see nono-supervise(8).
package main

import (
	"io"
	"log"
	"os"
	"runtime"

	_ "github.com/nono-sandbox/nono/core/entry" // too little memory, said before Go's start
	"github.com/nono-sandbox/nono/core/fault"
)

// The kernel kills the command when the thread ends that started it. The first thread
// of a process lives as long as the process.
func init() { runtime.LockOSThread() }

func main() {
	// The standard library has messages of its own, as about a server that answers out of
	// turn. This is the command's terminal, and what servers send is not for there.
	log.SetOutput(io.Discard)
	end, err := run(os.Args[1:])
	if err != nil {
		os.Stderr.WriteString(fault.Lines(err))
		os.Exit(fault.Failed)
	}
	end.Exit()
}
