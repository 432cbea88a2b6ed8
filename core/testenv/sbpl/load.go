package sbpl

import (
	"fmt"
	"maps"
	"slices"
)

// Options is what a profile is compiled with.
type Options struct {
	Params  map[string]string // what (param "NAME") is
	Imports map[string]string // the text of files that it may import
	// Unbound are names that the release which compiles it does not have.
	Unbound []string
	// Strict refuses a name that only some releases have, unless the profile asks
	// (defined? 'NAME) first.
	Strict bool
}

// A Profile is one that was read, ready to be asked.
type Profile struct {
	rules []rule
	// Flat makes a rule for a wildcard and one for a single operation of it count
	// by age alone. What is known of Seatbelt is that the single operation's counts
	// first; a profile that is to be relied on decides the same both ways.
	Flat bool
}

type rule struct {
	allow   bool
	ops     []string
	filters []filter // any of them; none matches all
	with    []string // the modifiers
}

// Rules returns how many rules there are.
func (p *Profile) Rules() int { return len(p.rules) }

// loader is the compiler's state.
type loader struct {
	o      Options
	p      *Profile
	guards map[string]bool   // names that a (defined? …) around has found
	vars   map[string]string // strings that (define NAME …) or a call has bound
	funcs  map[string]function
	open   []string // imports that are being read
}

// A function is what (define (NAME ARG …) BODY) makes.
type function struct {
	args []string
	body []Expr
}

func errf(format string, args ...any) error { return fmt.Errorf(format, args...) }

// Load compiles a profile. Any name or form that it does not know is an error.
func Load(text string, o Options) (*Profile, error) {
	l := &loader{o: o, p: &Profile{}, guards: map[string]bool{}, vars: map[string]string{}, funcs: map[string]function{}}
	forms, err := Read(text)
	if err != nil {
		return nil, err
	}
	if len(forms) == 0 || forms[0].Head() != "version" || len(forms[0].List) != 2 || forms[0].List[1].Atom != "1" {
		return nil, errf("no (version 1) at the beginning")
	}
	if err := l.forms(forms[1:]); err != nil {
		return nil, err
	}
	return l.p, nil
}

func (l *loader) forms(all []Expr) error {
	for _, f := range all {
		if err := l.form(f); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) form(f Expr) error {
	switch f.Head() {
	case "allow", "deny":
		return l.rule(f)
	case "if":
		return l.branch(f)
	case "when", "unless":
		if len(f.List) < 3 {
			return errf("a %s of nothing: %v", f.Head(), f)
		}
		return l.choose(f.List[1], f.Head() == "when", f.List[2:], nil)
	case "define":
		return l.define(f)
	case "import":
		return l.include(f)
	case "begin":
		return l.forms(f.List[1:])
	case "version", "debug", "disable-full-symbolication", "trace":
		return nil // in what is imported, or about reports
	}
	if fn, ok := l.funcs[f.Head()]; ok {
		return l.call(fn, f, l.forms)
	}
	return errf("an unknown form: %v", f)
}

func (l *loader) branch(f Expr) error {
	switch len(f.List) {
	case 3:
		return l.choose(f.List[1], true, f.List[2:3], nil)
	case 4:
		return l.choose(f.List[1], true, f.List[2:3], f.List[3:])
	}
	return errf("an if of another form: %v", f)
}

// choose reads yes if cond is as wanted, else no. Names that cond found defined
// are guarded in yes.
func (l *loader) choose(cond Expr, want bool, yes, no []Expr) error {
	found := map[string]bool{}
	is, err := l.cond(cond, found)
	if err != nil {
		return err
	}
	if is != want {
		return l.forms(no)
	}
	old := maps.Clone(l.guards)
	maps.Copy(l.guards, found)
	err = l.forms(yes)
	l.guards = old
	return err
}

func (l *loader) unbound(name string) bool { return slices.Contains(l.o.Unbound, name) }

// cond evaluates a condition and notes the names that it found defined.
func (l *loader) cond(e Expr, found map[string]bool) (bool, error) {
	switch e.Head() {
	case "defined?":
		if len(e.List) != 2 || e.List[1].Head() != "quote" {
			return false, errf("defined? of another form: %v", e)
		}
		name := e.List[1].List[1].Atom
		known := opsEverywhere[name] || opsSomewhere[name] || tests[name] || testsSomewhere[name]
		found[name] = known && !l.unbound(name)
		return found[name], nil
	case "param":
		_, err := l.text(e)
		return err == nil, nil
	case "not":
		if len(e.List) != 2 {
			return false, errf("a not of another form: %v", e)
		}
		is, err := l.cond(e.List[1], map[string]bool{})
		return !is, err
	case "and", "or":
		all := e.Head() == "and"
		for _, sub := range e.List[1:] {
			is, err := l.cond(sub, found)
			if err != nil || is != all {
				return is, err
			}
		}
		return all, nil
	case "equal?", "string=?":
		if len(e.List) != 3 {
			return false, errf("a comparison of another form: %v", e)
		}
		a, err := l.text(e.List[1])
		b, err2 := l.text(e.List[2])
		return err == nil && err2 == nil && a == b, nil
	}
	switch e.Atom {
	case "#t":
		return true, nil
	case "#f":
		return false, nil
	}
	return false, errf("an unknown condition: %v", e)
}
