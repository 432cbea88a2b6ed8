//go:build linux

// Command probe tries operations and says what the kernel answers to each. Every
// test that maps an operation to an errno runs this program, in a sandbox and
// outside:
//
//	probe OP [ARGUMENT ...] [, OP [ARGUMENT ...]] ...
//	probe < OPERATIONS
//
// Without arguments each line of standard input is an operation: words, those
// with a space or a quote in them quoted as Go quotes a string. The answer to a
// line is written before the next line is read.
//
// The answer is a line: "ok", the name of the errno, or a word of the
// operation's own. The last line is "finished". A test believes no answer without
// that line: a probe that died was not denied anything. Where the word "apart" stands
// before an operation, a child of the probe tries the operation.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nono-sandbox/nono/tests/internal/probe/door"
	"github.com/nono-sandbox/nono/tests/internal/probe/try"
)

func main() {
	runtime.LockOSThread() // some operations change the thread, or trace children
	run := each
	if len(os.Args) == 1 {
		run = lines
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(2)
	}
	fmt.Println("finished")
}

// each tries the operations that the arguments name.
func each() error {
	for rest := os.Args[1:]; len(rest) > 0; {
		end := slices.Index(rest, ",")
		if end < 0 {
			end = len(rest)
		}
		fmt.Println(answer(rest[:end]))
		rest = rest[min(end+1, len(rest)):]
	}
	return nil
}

// lines tries the operations that standard input names.
func lines() error {
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadString('\n')
		if err == io.EOF && line == "" {
			return nil
		}
		words, bad := split(strings.TrimSuffix(line, "\n"))
		if err = errors.Join(err, bad); err != nil {
			return err
		}
		fmt.Println(answer(words))
	}
}

// split returns the words of a line.
func split(line string) (words []string, err error) {
	for line = strings.TrimLeft(line, " "); line != ""; line = strings.TrimLeft(line, " ") {
		if line[0] != '"' {
			word, rest, _ := strings.Cut(line, " ")
			words, line = append(words, word), rest
			continue
		}
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			return nil, fmt.Errorf("the line %s: %v", line, err)
		}
		word, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, err
		}
		words, line = append(words, word), line[len(quoted):]
	}
	return words, nil
}

// apart has a child try the operation, so that what the operation does to its process
// is over with it.
func apart(words []string) string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], words...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	text, finished := strings.CutSuffix(string(out), "\nfinished\n")
	if !finished || strings.Contains(text, "\n") {
		return fmt.Sprintf("no report: %v %q", err, out)
	}
	return text
}

func answer(words []string) string {
	if len(words) > 1 && words[0] == "apart" {
		return apart(words[1:])
	}
	if len(words) > 1 && words[0] == "door" {
		return try.Answer(door.Try(words[1], words[2:]))
	}
	return try.Answer(try.Do(words))
}
