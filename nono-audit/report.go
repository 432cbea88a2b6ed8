package main

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/fault"
)

//go:embed report.html
var page string

// A process is one of the tree.
type process struct {
	PID      int
	Commands []string
	Refused  int
	Children []*process
}

// A refusal is one kind of what was refused, and how often it was.
type refusal struct {
	audit.Event
	Times int
}

// runPage is what the page shows of one run.
type runPage struct {
	*audit.Run
	Start, End audit.Event
	Took       string
	Refusals   []*refusal
	Tree       []*process
}

// report writes the log as one page of HTML that loads nothing.
func report(f io.Reader, name string, out io.Writer) (int, error) {
	r := audit.NewReader(f)
	runs, err := r.Runs()
	if err != nil {
		return 0, &fault.Error{Do: "read the log", Err: err}
	}
	t, err := template.New("report").Funcs(template.FuncMap{
		"what": func(e audit.Event) string { return what(&e) },
		"time": func(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05.000") },
		"own":  command, "path": quoted,
		"words": func(s string) string { return strings.ReplaceAll(s, "_", " ") },
	}).Parse(page)
	if err != nil {
		return 0, err
	}
	data := struct {
		Name     string
		Problems []audit.Problem
		Runs     []*runPage
	}{Name: name, Problems: r.Problems}
	for _, run := range runs {
		data.Runs = append(data.Runs, pageOf(run))
	}
	if err := t.Execute(out, data); err != nil {
		return 0, &fault.Error{Do: "write the page", Err: err}
	}
	return 0, nil
}

func pageOf(run *audit.Run) *runPage {
	p := &runPage{Run: run, Start: run.Events[0], End: run.Events[len(run.Events)-1]}
	p.Took = time.Duration(p.End.Since).Round(time.Millisecond).String()
	byPID := map[int]*process{}
	merged := map[string]*refusal{}
	for _, e := range run.Events {
		switch e.Kind {
		case audit.Exec:
			one := byPID[e.PID]
			if one == nil {
				one = &process{PID: e.PID}
				byPID[e.PID] = one
				if up := byPID[e.Parent]; up != nil {
					up.Children = append(up.Children, one)
				} else {
					p.Tree = append(p.Tree, one)
				}
			}
			one.Commands = append(one.Commands, command(e.Argv))
		case audit.Refused:
			if one := byPID[e.PID]; one != nil {
				one.Refused++
			}
			key := e.Op + "\x00" + e.Path + "\x00" + e.To + "\x00" + e.Host + "\x00" + strconv.Itoa(e.Port)
			if merged[key] == nil {
				merged[key] = &refusal{Event: e}
				p.Refusals = append(p.Refusals, merged[key])
			}
			merged[key].Times++
		}
	}
	slices.SortStableFunc(p.Refusals, func(a, b *refusal) int { return b.Times - a.Times })
	return p
}
