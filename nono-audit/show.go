package main

import (
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/shellquote"
)

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// show prints a log for a person; with follow it waits for more, for ever.
func show(f *os.File, follow bool, out io.Writer) (int, error) {
	var from io.Reader = f
	if follow {
		from = &tail{f}
	}
	r := audit.NewReader(from)
	shown := 0
	for {
		e, err := r.Next()
		for ; shown < len(r.Problems); shown++ {
			if _, err := io.WriteString(out, "!! "+r.Problems[shown].String()+"\n"); err != nil {
				return 0, err
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return 0, &fault.Error{Do: "read the log", Err: err}
		}
		if _, err := io.WriteString(out, describe(&e)); err != nil {
			return 0, err
		}
	}
	if shown > 0 {
		return bad, nil
	}
	return 0, nil
}

// tail reads a file that grows.
type tail struct{ f *os.File }

func (t *tail) Read(b []byte) (int, error) {
	for {
		n, err := t.f.Read(b)
		if n > 0 || err != io.EOF {
			return n, err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// describe is an event in a line for a person, and one more for the remedy.
func describe(e *audit.Event) string {
	text := e.Time.Local().Format("15:04:05.000") + "  " + pad(string(e.Kind), 9) + " " + pad(strconv.Itoa(e.PID), 7) + " " + what(e) + "\n"
	if e.Remedy != "" {
		text += strings.Repeat(" ", 32) + "to allow it: " + safe(e.Remedy) + "\n"
	}
	return text
}

// what says what an event is about.
func what(e *audit.Event) string {
	switch e.Kind {
	case audit.Start:
		return command(e.Argv) + "  in " + quoted(e.Cwd) + ", level " + string(e.Level) + unseen(e.Level)
	case audit.Exec:
		return quoted(e.Path) + "  " + command(e.Argv)
	case audit.Connected:
		if e.Host != "" {
			return safe(e.Host) + " at " + safe(e.Address) + failed(e.Errno)
		}
		return safe(e.Address) + failed(e.Errno)
	case audit.Credential:
		return safe(e.Credential) + ": " + count(int(e.Requests), "request") + " to " + safe(e.Host) + ", " + strconv.FormatInt(e.Denied, 10) + " refused, " +
			strconv.FormatInt(e.Sent, 10) + " bytes sent, " + strconv.FormatInt(e.Received, 10) + " received"
	case audit.End:
		if e.Signal != "" {
			return "by " + e.Signal + lost(e.Lost)
		}
		if e.Status != nil {
			return "status " + strconv.Itoa(*e.Status) + lost(e.Lost)
		}
		return lost(e.Lost)
	}
	text := e.Op + " " + quoted(e.Path)
	if e.Host != "" {
		text = e.Op + " " + quoted(e.Host)
		if e.Port != 0 {
			text = e.Op + " to " + quoted(e.Host) + " port " + strconv.Itoa(e.Port)
		}
	}
	if e.To != "" {
		text += " to " + quoted(e.To)
	}
	if e.Reason != "" {
		text += "  (" + strings.ReplaceAll(e.Reason, "_", " ") + ")"
	}
	if e.Line != "" {
		text += "  by: " + safe(e.Line)
	}
	return text + failed(e.Errno)
}

// unseen says what a log of that level has nothing of.
func unseen(l audit.Level) string {
	if l.Includes(audit.LevelAll) {
		return ""
	}
	return " (without what is only read; --audit-level all logs it)"
}

func failed(errno string) string {
	if errno == "" {
		return ""
	}
	return "  " + errno
}

func lost(n int) string {
	if n == 0 {
		return ""
	}
	return ", " + count(n, "line") + " could not be written"
}

func quoted(path string) string { return fault.Quote(audit.Unquote(path)) }

func command(argv []string) string {
	words := make([]string, len(argv))
	for i, w := range argv {
		words[i] = audit.Unquote(w)
	}
	return safe(shellquote.Words(words))
}

// safe is text without what could fool a terminal.
func safe(text string) string {
	if q := strconv.Quote(text); q != `"`+text+`"` {
		return strings.ReplaceAll(strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`), `\\`, `\`)
	}
	return text
}

func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-len(s))) }
