package main

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/ask"
	"github.com/nono-sandbox/nono/core/shellquote"
)

// shown is a question as a person reads it.
func shown(q *ask.Question, more int) string {
	var b strings.Builder
	b.WriteString("\n--- " + q.Run + "\n")
	if q.Protected != "" {
		b.WriteString("PROTECTED: " + q.Protected + "\n")
	}
	b.WriteString(process(q.Asker) + "\n  wants to " + op(q) + " " + shellquote.Quote(q.About()))
	if q.To != "" {
		b.WriteString(" " + shellquote.Quote(q.To))
	}
	b.WriteString("  (" + q.Thing + ")\n  refused: " + q.Why + "\n")
	if q.Reason != "" {
		b.WriteString("  it says: " + shellquote.Quote(q.Reason) + "\n")
	}
	if q.Asker.Dir != "" {
		b.WriteString("  in " + shellquote.Quote(q.Asker.Dir) + "\n")
	}
	for _, p := range q.Parents {
		b.WriteString("  started by " + process(p) + "\n")
	}
	if q.Note != "" {
		b.WriteString("  " + q.Note + "\n")
	}
	b.WriteString(choices(q))
	if more > 0 {
		b.WriteString("(" + strconv.Itoa(more) + " more after this)\n")
	}
	return b.String()
}

// op is what is done, in words.
func op(q *ask.Question) string {
	if q.Op == "connect" {
		return "connect to"
	}
	return strings.ReplaceAll(q.Op, "-", " ")
}

// choices are the answers that fit a question.
func choices(q *ask.Question) string {
	text := "  y  yes, once\n"
	if q.Word != "" {
		text = "  " + q.Word + "  (the whole word) yes, once\n"
		if q.File != "" {
			text += "  " + q.Word + " run  " + q.File + ", for this run\n"
		}
		return text + "  n  no   N  no, and never again in this run   (no answer in " + strconv.Itoa(q.Seconds) + "s is no)\n"
	}
	if q.File != "" {
		text += "  r  " + q.File + ", for this run\n"
	}
	if q.Dir != "" {
		all := ", all of it"
		if q.Host != "" {
			all = ", every port"
		}
		text += "  d  " + q.Dir + all + ", for this run\n"
	}
	if q.Profile != "" && q.File != "" {
		text += "  a  " + q.File + ", always: into the profile " + shellquote.Quote(q.Profile) + "\n"
	}
	if q.Profile != "" && q.Dir != "" {
		text += "  D  " + q.Dir + ", always: into the profile " + shellquote.Quote(q.Profile) + "\n"
	}
	return text + "  n  no   N  no, and never again in this run   (no answer in " + strconv.Itoa(q.Seconds) + "s is no)\n"
}

// parse reads an answer.
func parse(q *ask.Question, line string) (ask.Answer, string) {
	a := ask.Answer{ID: q.ID}
	word, how, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch {
	case word == "n" || word == "no" || word == "":
		return a, ""
	case word == "N":
		a.Never = true
		return a, ""
	case q.Word != "":
		a.Yes, a.Word, a.For = true, word, ask.Once
		if how == ask.Run {
			a.For = ask.Run
		}
	default:
		letter := map[string]ask.Answer{"y": {For: ask.Once}, "yes": {For: ask.Once}, "r": {For: ask.Run}, "d": {For: ask.Run, Dir: true},
			"a": {For: ask.Always}, "D": {For: ask.Always, Dir: true}}
		l, ok := letter[word]
		if !ok {
			return a, "that is none of the answers"
		}
		a.Yes, a.For, a.Dir = true, l.For, l.Dir
	}
	return a, q.Fits(a)
}

// process is a process in one line.
func process(p ask.Process) string {
	text := shellquote.Quote(p.Program)
	if len(p.Argv) > 0 {
		text = shellquote.Words(p.Argv)
	}
	if len(text) > 300 {
		text = text[:300] + "…"
	}
	return text + " (" + strconv.Itoa(p.PID) + ")"
}
