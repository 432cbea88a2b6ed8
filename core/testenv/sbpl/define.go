package sbpl

import "slices"

// define binds a string or a function.
func (l *loader) define(f Expr) error {
	if len(f.List) < 3 {
		return errf("a define of another form: %v", f)
	}
	what := f.List[1]
	if what.List == nil {
		value, err := l.text(f.List[2])
		if err == nil {
			l.vars[what.Atom] = value
		}
		return err
	}
	if what.Head() == "" {
		return errf("a define without a name: %v", f)
	}
	fn := function{body: f.List[2:]}
	for _, arg := range what.List[1:] {
		fn.args = append(fn.args, arg.Atom)
	}
	l.funcs[what.Head()] = fn
	return nil
}

// call binds the arguments, which are strings, and hands the body on.
func (l *loader) call(fn function, e Expr, use func(body []Expr) error) error {
	if len(e.List)-1 != len(fn.args) {
		return errf("%s wants %d arguments: %v", e.Head(), len(fn.args), e)
	}
	old := map[string]string{}
	for name, value := range l.vars {
		old[name] = value
	}
	for i, arg := range fn.args {
		value, err := l.text(e.List[i+1])
		if err != nil {
			return err
		}
		l.vars[arg] = value
	}
	err := use(fn.body)
	l.vars = old
	return err
}

// include reads an imported file in its place.
func (l *loader) include(f Expr) error {
	if len(f.List) != 2 {
		return errf("an import of another form: %v", f)
	}
	name, err := l.text(f.List[1])
	if err != nil {
		return err
	}
	text, ok := l.o.Imports[name]
	if !ok || slices.Contains(l.open, name) {
		return errf("cannot import %q", name)
	}
	forms, err := Read(text)
	if err != nil {
		return err
	}
	l.open = append(l.open, name)
	err = l.forms(forms)
	l.open = l.open[:len(l.open)-1]
	return err
}

// text returns the value of an expression that is a string.
func (l *loader) text(e Expr) (string, error) {
	switch {
	case e.Str:
		return e.Atom, nil
	case e.List == nil:
		if value, ok := l.vars[e.Atom]; ok {
			return value, nil
		}
		return "", errf("unbound variable: %s", e.Atom)
	}
	switch e.Head() {
	case "param":
		if len(e.List) == 2 && e.List[1].Str {
			if value, ok := l.o.Params[e.List[1].Atom]; ok {
				return value, nil
			}
		}
		return "", errf("no such parameter: %v", e)
	case "string-append":
		var all string
		for _, part := range e.List[1:] {
			s, err := l.text(part)
			if err != nil {
				return "", err
			}
			all += s
		}
		return all, nil
	}
	return "", errf("no string: %v", e)
}

// Text returns the value of an expression of literals alone.
func Text(e Expr) (string, error) {
	return (&loader{}).text(e)
}
