package cli

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fault/nearest"
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/spec"
)

// wordsOf returns the words of a flag that takes one of a few, or nil.
func wordsOf(flag string) []string {
	switch flag {
	case "audit-level":
		return []string{"refused", "exec", "all"}
	case "summary":
		return []string{"text", "json", "none"}
	}
	return nil
}

// forbidden reads what stands behind 'forbid'.
func forbidden(l profile.Line) (policy.Forbidden, error) {
	name, value, _ := strings.Cut(l.Value, " ")
	f := policy.Forbidden{Flag: name, Value: strings.TrimLeft(value, " "), Policy: l.Profile}
	table := append(PolicyFlags[:len(PolicyFlags):len(PolicyFlags)], RunFlags...)
	i := slices.IndexFunc(table, func(t Flag) bool { return t.Name == name })
	switch {
	case i < 0:
		var names []string
		for _, t := range table {
			names = append(names, t.Name)
		}
		hint := "nono run --help lists the flags"
		if near := nearest.Name(strings.TrimLeft(name, "-"), names); near != "" {
			hint = "did you mean '" + near + "'?"
		}
		return f, &fault.Error{Do: "forbid " + fault.Quote(name), Err: fault.Text("there is no such flag"), Hint: hint}
	case f.Value == "":
		return f, nil
	case table[i].Bare():
		return f, fault.Text("the flag has no value that could be forbidden: 'forbid " + name + "' forbids the flag")
	case name == "host" || name == "port":
		return f, fault.Text("'host' lines say which hosts there may be; 'forbid " + name + "' forbids the flag")
	}
	if err := forbiddable(name, f.Value); err != nil {
		return f, err
	}
	if k := spec.KindOf(name); k.Grants() && k != 0 {
		path, err := profile.PolicyPath(f.Value)
		if strings.ContainsAny(f.Value, "*?[") {
			err = fault.Text("'forbid " + name + "' needs one path, and no pattern")
		}
		f.Value = path
		return f, err
	}
	return f, nil
}

// forbiddable refuses a value that no use of the flag can have: the line would look as
// if it forbade something.
func forbiddable(flag, value string) error {
	switch {
	case flag == "allow-command":
		return allowable(value)
	case flag == "profile":
		return profile.CheckForbidden(value)
	case wordsOf(flag) != nil:
		return oneOf(flag, value, wordsOf(flag))
	}
	return nil
}

// oneOf refuses a word that is not one of those of the flag.
func oneOf(flag, word string, words []string) error {
	if slices.Contains(words, word) {
		return nil
	}
	last := len(words) - 1
	return meant(word, words, fault.Quote(flag)+" needs "+strings.Join(words[:last], ", ")+" or "+words[last], "")
}

// allowable refuses what is neither a blocked command of any system nor a category of
// them: several machines may have one policy.
func allowable(name string) error {
	names, categories, err := commandNames()
	if err != nil {
		return err
	}
	names = append(append(names, categories...), "all")
	if slices.Contains(names, name) {
		return nil
	}
	return meant(name, names, "no blocked command or category has the name "+fault.Quote(name), "the categories are in nono-run(1); 'block-command' blocks any other command")
}

// blockable refuses what is not the name of one command, and the name of a category.
func blockable(name string) error {
	_, categories, err := commandNames()
	switch {
	case err != nil:
		return err
	case strings.Contains(name, "/"):
		return fault.Text("'block-command' needs the name of a command; 'deny' denies a path")
	case strings.ContainsAny(name, " \t*?["):
		return fault.Text("'block-command' needs the name of one command")
	}
	if near := nearest.Name(name, categories); near != "" {
		return &fault.Error{Do: "use 'block-command " + name + "'", Err: fault.Text("it needs the name of a command, and " + fault.Quote(near) + " is a category of blocked commands"),
			Hint: "'forbid allow-command " + near + "' keeps them blocked"}
	}
	return nil
}

// commandNames returns the names and the categories of the blocked commands of all systems.
func commandNames() (names, categories []string, err error) {
	list, err := lists.Commands("darwin") // the common ones, and those of macOS
	for _, c := range list {
		names = append(names, c.Name)
		if !slices.Contains(categories, c.Category) {
			categories = append(categories, c.Category)
		}
	}
	return names, categories, err
}

// meant is the error about a word, with the most similar one of all as its hint.
func meant(word string, all []string, why, hint string) error {
	if near := nearest.Name(word, all); near != "" {
		hint = "did you mean '" + near + "'?"
	}
	return &fault.Error{Do: "use " + fault.Quote(word), Err: fault.Text(why), Hint: hint}
}
