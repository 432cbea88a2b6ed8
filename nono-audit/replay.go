package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec/document"
)

// replay asks a policy about all that the log has of an operation on a path: the policy
// that the flags make, today and on today's disk, or without flags the log's own.
func replay(f io.Reader, flags []string, out io.Writer) (int, error) {
	r := audit.NewReader(f)
	runs, err := r.Runs()
	if err != nil {
		return 0, &fault.Error{Do: "read the log", Err: err}
	}
	asked, differ := 0, 0
	for _, run := range runs {
		asker, err := policyOf(run, flags)
		if err != nil {
			return 0, err
		}
		seen := map[string]bool{}
		for i := range run.Events {
			e := &run.Events[i]
			q, ok := question(e)
			if key := string(q.Op) + "\x00" + q.Path + "\x00" + q.To; !ok || seen[key] {
				continue
			} else {
				seen[key] = true
			}
			asked++
			v := asker.Ask(q)
			was, is := e.Kind == audit.Refused, v.Status == query.Denied && strings.Contains(v.EnforcedBy+" ", "Landlock")
			if was == is {
				continue
			}
			differ++
			now := "allowed now"
			if is {
				now = "refused now (" + strings.ReplaceAll(string(v.Reason), "_", " ") + ")"
			}
			if _, err := fmt.Fprintf(out, "%s: %s %s\n", now, q.Op, quoted(e.Path)); err != nil {
				return 0, err
			}
		}
	}
	_, err = fmt.Fprintf(out, "%s, %d with another verdict\n", count(asked, "operation"), differ)
	if differ > 0 {
		return bad, err
	}
	return 0, err
}

// question is what an event asks of a policy.
func question(e *audit.Event) (query.Question, bool) {
	q := query.Question{Op: query.Op(e.Op), Path: audit.Unquote(e.Path), To: audit.Unquote(e.To)}
	switch e.Kind {
	case audit.Exec:
		q.Op = query.Execute
	case audit.Refused, audit.Opened, audit.Changed:
	default:
		return q, false
	}
	if !filepath.IsAbs(q.Path) && e.Cwd != "" {
		q.Path = filepath.Join(audit.Unquote(e.Cwd), q.Path)
	}
	_, err := query.ParseOp(string(q.Op))
	return q, err == nil && filepath.IsAbs(q.Path)
}

// policyOf makes the policy that is asked.
func policyOf(run *audit.Run, flags []string) (*query.Asker, error) {
	doc := []byte(run.Events[0].Spec)
	if len(flags) > 0 {
		var err error
		if doc, err = compiled(flags); err != nil {
			return nil, err
		}
	}
	s, err := document.Parse(doc)
	if err != nil {
		return nil, &fault.Error{Do: "use the policy of the run " + run.ID, Err: err, Hint: "give flags: nono audit replay LOG --allow ."}
	}
	support, err := kernel.Detect()
	if err != nil {
		return nil, err
	}
	asker, err := query.New(s, support.ABI, "/")
	if err != nil && len(flags) == 0 {
		// What a run had for itself is gone after it: its private temp, for one.
		return query.Inside(s, support.ABI, "/"), nil
	}
	return asker, err
}

// compiled has nono-run, which lies beside this program, make a spec of flags.
func compiled(flags []string) ([]byte, error) {
	self, err := os.Executable()
	if err == nil {
		self, err = filepath.EvalSymlinks(self)
	}
	if err != nil {
		return nil, &fault.Error{Do: "find nono-run", Err: err}
	}
	cmd := exec.Command(filepath.Join(filepath.Dir(self), "nono-run"), append([]string{"--silent", "--print-spec"}, flags...)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, &fault.Error{Do: "make the policy of " + strings.Join(flags, " "), Err: err}
	}
	return out.Bytes(), nil
}
