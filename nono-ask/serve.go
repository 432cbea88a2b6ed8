package main

import (
	"os"
	"sync"
	"syscall"

	"github.com/nono-sandbox/nono/core/ask"
	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/profile"
)

// A server stands between one supervisor and all who may answer.
type server struct {
	o          *options
	p          *cli.Printer
	supervisor *ask.Conn
	path       string

	mu      sync.Mutex
	open    map[uint64]*ask.Question
	ends    map[uint64]func() // what ends a program that is asked
	clients map[*ask.Conn]bool
	came    int // how many clients there were
	popup   bool
	newest  uint64 // question
	// programs are those of --ask-with that still run.
	programs sync.WaitGroup
}

// begin starts the process that serves, and ends: it is nobody's child then, so that no
// supervisor waits for it.
func begin(args []string) error {
	_, err := syscall.ForkExec("/proc/self/exe", append([]string{"nono-ask", "--served"}, args...),
		&syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2, 3}, Sys: &syscall.SysProcAttr{Setsid: true}})
	return err
}

// serve asks for the supervisor on descriptor 3 until that is gone.
func serve(o *options, p *cli.Printer) error {
	channel, err := ask.Listen()
	if err != nil {
		return err
	}
	defer channel.Close()
	s := &server{o: o, p: p, supervisor: ask.NewConn(os.NewFile(3, "supervisor")), path: channel.Path(),
		open: map[uint64]*ask.Question{}, ends: map[uint64]func(){}, clients: map[*ask.Conn]bool{}}
	// The supervisor waits for this before it goes on.
	if err := s.supervisor.Send(ask.Message{Note: "ready"}); err != nil {
		return err
	}
	go s.accept(channel)
	for {
		m, err := s.supervisor.Receive()
		if err != nil {
			s.over()
			return nil
		}
		s.take(m)
	}
}

// over ends the programs that are asked, once the run has ended.
func (s *server) over() {
	s.mu.Lock()
	for _, end := range s.ends {
		end()
	}
	s.mu.Unlock()
	s.programs.Wait()
}

// take handles a message of the supervisor's.
func (s *server) take(m ask.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case m.Question != nil:
		q := m.Question
		s.open[q.ID], s.newest = q, q.ID
		switch {
		case s.o.with != "":
			s.program(q)
		case len(s.clients) == 0:
			s.tmux()
		}
	case m.Over != 0:
		delete(s.open, m.Over)
		if end := s.ends[m.Over]; end != nil {
			end()
			delete(s.ends, m.Over)
		}
	case m.Save != nil:
		m = ask.Message{Note: s.save(m.Save)}
	}
	for c := range s.clients {
		c.Send(m)
	}
}

// save writes a line into the profile, and says how that went.
func (s *server) save(l *ask.Line) string {
	file, err := profile.Add(s.o.profile, l.Word, string(l.Path), profile.Env{Getenv: os.Getenv, UID: os.Getuid(), Workdir: "/"})
	if err != nil {
		s.p.Error(err)
		return "error: " + err.Error() + " (granted for this run)"
	}
	return "written to " + file
}

// accept takes in those who answer.
func (s *server) accept(channel *ask.Server) {
	for {
		c, err := channel.Accept(func(err error) { s.p.Notice("no answer is possible: " + err.Error()) })
		if err != nil {
			return
		}
		go s.client(c)
	}
}

func (s *server) client(c *ask.Conn) {
	s.mu.Lock()
	s.clients[c] = true
	s.came++
	for _, q := range s.open {
		c.Send(ask.Message{Question: q})
	}
	s.mu.Unlock()
	for {
		m, err := c.Receive()
		if err != nil {
			break
		}
		if m.Answer != nil {
			s.answer(*m.Answer)
		}
	}
	s.mu.Lock()
	delete(s.clients, c)
	s.mu.Unlock()
	c.Close()
}

// answer hands an answer on, if the question is still open.
func (s *server) answer(a ask.Answer) {
	s.mu.Lock()
	open := s.open[a.ID] != nil
	s.mu.Unlock()
	if open {
		s.supervisor.Send(ask.Message{Answer: &a})
	}
}
