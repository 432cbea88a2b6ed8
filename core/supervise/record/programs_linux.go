package record

import (
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/learn"
	"github.com/nono-sandbox/nono/core/program"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// words is how many words of a command line are kept, and longestWord how many bytes of
// one: so many as tell what a command is for.
const (
	words       = 4
	longestWord = 64
)

// exec notes a program and, as far as the kernel loads them by itself, its interpreter
// and loader.
func (r *Recorder) exec(c *supervise.Call) func(notify.Answer) {
	uses := r.note(c)
	if len(uses) == 0 {
		return nil
	}
	r.mu.Lock()
	file, first := string(uses[0].Path), uses[0].Times == 1
	r.mu.Unlock()
	r.program(c, file)
	for depth := 0; first && depth < 4; depth++ {
		next, script, errno := program.Needs(file)
		if errno != 0 || next == "" {
			break
		}
		p, ok := follow(next, false, false)
		if !ok || !p.exists {
			break
		}
		r.keep(given{}, []learn.Use{{Op: learn.Execute, Path: learn.Text(p.path)}})
		if file = p.path; !script {
			break
		}
	}
	return nil
}

// program notes the command line.
func (r *Recorder) program(c *supervise.Call, file string) {
	path := 0
	if c.Name == "execveat" {
		path = 1
	}
	typed, err := c.Path(path)
	if err != nil || typed == "" {
		typed = file
	}
	// The name by which it is called: what argv says of itself need not be true.
	line := []learn.Text{learn.Text(filepath.Base(typed))}
	for n, word := range c.Argv(words, longestWord) {
		if n > 0 && n < words {
			line = append(line, learn.Text(word))
		}
	}
	var key strings.Builder
	key.WriteString(file)
	for _, w := range line {
		key.WriteString("\x00" + string(w))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.programs[key.String()]
	if known == nil {
		if len(r.programs) >= most/10 {
			return
		}
		known = &learn.Program{File: learn.Text(file), Words: line}
		r.programs[key.String()] = known
	}
	known.Times++
}

// address notes a connection that is asked for, or a socket that gets a name.
func (r *Recorder) address(c *supervise.Call) func(notify.Answer) {
	if c.Name != "connect" && c.Name != "bind" {
		return nil // it is given no address
	}
	s := learn.Socket{Address: learn.Text(spell(c)), Made: c.Name == "bind"}
	if s.Address == "" {
		return nil
	}
	if path, ok := strings.CutPrefix(string(s.Address), "unix:/"); ok && s.Made {
		r.keep(given{}, []learn.Use{{Op: learn.Create, Path: learn.Text("/" + path)}})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.sockets[s]
	if known == nil {
		if len(r.sockets) >= most/10 {
			r.more++
			return nil
		}
		known = &learn.Socket{Address: s.Address, Made: s.Made}
		r.sockets[s] = known
	}
	known.Times++
	return nil
}

// spell writes the address of a call: "192.0.2.1:443", "unix:/run/s", "unix:@name"; ""
// for one of another family. The path of a Unix socket is made absolute.
func spell(c *supervise.Call) string {
	a, ok := c.Address()
	switch {
	case !ok:
		return ""
	case a.Internet.IsValid():
		return a.Internet.String()
	case a.Path == "":
		return "unix:@" + a.Abstract
	}
	dir, ok := where(c, unix.AT_FDCWD, a.Path)
	if !ok {
		return ""
	}
	p, ok := follow(join(dir, a.Path), false, true)
	if !ok {
		return ""
	}
	return "unix:" + p.path
}
