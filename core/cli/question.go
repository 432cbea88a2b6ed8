package cli

import (
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/nono-sandbox/nono/core/fault"
)

// ErrNoTerminal says that there is nobody to ask.
const ErrNoTerminal = fault.Text("there is no terminal to ask on")

// Confirm asks on the user's terminal, and reports whether the answer is yes. Anything
// but that, an end of the input too, is a no. noAsk is the flag to give instead, for
// the hint of an error.
func Confirm(question, noAsk string) (bool, error) {
	tty, err := terminal()
	if err != nil {
		return false, ErrNoTerminal
	}
	defer tty.Close()
	if _, err := io.WriteString(tty, fault.Plain(question+" [y/N] ")); err != nil {
		return false, &fault.Error{Do: "ask on the terminal", Err: err}
	}
	answer, err := readLine(tty)
	if err != nil {
		return false, &fault.Error{Do: "read the answer from the terminal", Err: err, Hint: noAsk + " answers yes"}
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes", nil
}

// terminal opens the user's terminal. It is one only where standard input or
// standard error is on a terminal too: a job that runs unattended may still
// have a controlling terminal, and would wait there for ever.
func terminal() (*os.File, error) {
	if !isatty.IsTerminal(0) && !isatty.IsTerminal(2) {
		return nil, os.ErrNotExist
	}
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil && isatty.IsTerminal(0) {
		// A terminal that no session controls, as some containers have.
		return os.OpenFile("/proc/self/fd/0", os.O_RDWR, 0)
	}
	return tty, err
}

// readLine reads one line and nothing behind it, which is for the command. An
// end without a line is an empty one.
func readLine(r io.Reader) (string, error) {
	var line []byte
	var b [1]byte
	for len(line) < 256 {
		n, err := r.Read(b[:])
		if n == 1 {
			if b[0] == '\n' {
				break
			}
			line = append(line, b[0])
		}
		if err == io.EOF {
			return "", nil
		}
		if err != nil {
			return "", err
		}
	}
	return string(line), nil
}
