package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/nono-sandbox/nono/core/ask"
	"github.com/nono-sandbox/nono/core/fault"
)

// mostOfAnswer is how much a program may say.
const mostOfAnswer = 64 << 10

// program asks the program of --ask-with. s.mu is held.
func (s *server) program(q *ask.Question) {
	ctx, end := context.WithTimeout(context.Background(), time.Duration(q.Seconds)*time.Second)
	s.ends[q.ID] = end
	s.programs.Go(func() {
		a, err := askProgram(ctx, s.o.with, q)
		if ctx.Err() != nil {
			return // the question is over
		}
		if err != nil {
			s.p.Error(&fault.Error{Do: "ask by", Path: s.o.with, Err: err})
			a = ask.Answer{ID: q.ID}
		}
		s.answer(a)
	})
}

// askProgram puts one question to a program.
func askProgram(ctx context.Context, path string, q *ask.Question) (ask.Answer, error) {
	a := ask.Answer{}
	question, err := json.Marshal(q)
	if err != nil {
		return a, err
	}
	cmd := exec.CommandContext(ctx, path)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(append(question, '\n')), os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return a, err
	}
	if err := cmd.Start(); err != nil {
		return a, err
	}
	text, _ := io.ReadAll(io.LimitReader(out, mostOfAnswer))
	if err := cmd.Wait(); err != nil {
		return a, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		return a, fault.Text("its answer is no JSON object of an answer: " + err.Error())
	}
	if a.ID == 0 {
		a.ID = q.ID
	}
	if problem := q.Fits(a); problem != "" {
		return a, fault.Text(problem)
	}
	return a, nil
}
