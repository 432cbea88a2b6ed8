package spec

import "strconv"

// Lines of these kinds are about what the kernel's rules do not give: only the
// supervisor does, while it may. So they stand apart from Spec.Paths, and whoever
// looks at those alone sees no grant in them.
const (
	wordUntil = "until"
	wordEnds  = "ends"
	wordAsk   = "ask"
)

// MayEnd reports whether a grant of this kind can be given for a time: what the
// supervisor can open or change in the place of the command.
func (k Kind) MayEnd() bool {
	switch k {
	case Read, Write, Allow, ReadFile, WriteFile, AllowFile:
		return true
	}
	return false
}

// At returns s as it is for the supervisor at the time now, in seconds of
// CLOCK_BOOTTIME: what holds until later is a grant like any other. s is not changed.
func (s *Spec) At(now int64) *Spec {
	at := *s
	at.Ending, at.EndingHosts = nil, nil
	at.Paths = s.Paths[:len(s.Paths):len(s.Paths)]
	for _, p := range s.Ending {
		if p.Until > now {
			at.Paths = append(at.Paths, p)
		}
	}
	at.Hosts = s.Hosts[:len(s.Hosts):len(s.Hosts)]
	for _, h := range s.EndingHosts {
		if h.Until > now {
			at.Hosts = append(at.Hosts, h)
		}
	}
	return &at
}

// until adds one line `until SECONDS KIND PATH`.
func (s *Spec) until(args []string, n int) string {
	if len(args) < 2 {
		return "'until' wants a number of seconds, a directive and a path"
	}
	end, msg := seconds(wordUntil, args[0])
	if msg != "" {
		return msg
	}
	if args[1] == wordHost {
		return s.untilHost(end, args[2:], n)
	}
	p, msg := pathLine(args[1], args[2:], n)
	switch {
	case msg != "":
		return msg
	case !p.Kind.MayEnd():
		return "'until' does not go with " + shown(args[1])
	}
	p.Until = end
	s.Ending = append(s.Ending, p)
	return ""
}

// ends reads the line `ends SECONDS`.
func (s *Spec) ends(args []string) string {
	if len(args) != 1 {
		return "'ends' wants a number of seconds"
	}
	if s.Ends != 0 {
		return "'ends' is set a second time"
	}
	var msg string
	s.Ends, msg = seconds(wordEnds, args[0])
	return msg
}

func seconds(word, arg string) (int64, string) {
	n, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != arg {
		return 0, "'" + word + "' wants a number of seconds since the system started, not " + shown(arg)
	}
	return n, ""
}

// appendLater appends the lines that until and ends read.
func (s *Spec) appendLater(b []byte) []byte {
	for i := range s.Ending {
		b = append(b, wordUntil+" "...)
		b = strconv.AppendInt(b, s.Ending[i].Until, 10)
		b = append(b, ' ')
		b = append(s.Ending[i].append(b), '\n')
	}
	b = s.appendLaterHosts(b)
	for i := range s.Askable {
		b = append(b, wordAsk+" "...)
		b = append(s.Askable[i].append(b), '\n')
	}
	for i := range s.Unasked {
		b = append(s.Unasked[i].appendUnasked(b), '\n')
	}
	if s.Ends != 0 {
		b = append(b, wordEnds+" "...)
		b = append(strconv.AppendInt(b, s.Ends, 10), '\n')
	}
	return b
}

// laterProblem says what is wrong with these lines in the whole document, or returns "".
func (s *Spec) laterProblem() string {
	switch {
	case len(s.Ending) > 0 && !s.Traps(TrapOpens):
		return "a line 'until' goes with a line 'supervise opens'"
	case s.Asks() && !(s.Traps(TrapOpens) && s.Traps(TrapNames)):
		return "a line 'ask' goes with the lines 'supervise opens' and 'supervise names'"
	case len(s.Unasked) > 0 && !s.Asks():
		return "a line 'unasked' goes with a line 'ask'"
	case s.Ends != 0 && !s.Supervised():
		return "a line 'ends' goes with a line 'supervise'"
	}
	return ""
}

// ask adds one line `ask KIND PATH`.
func (s *Spec) ask(args []string, n int) string {
	if len(args) < 2 {
		return "'ask' wants a directive and a path"
	}
	if args[0] == wordHost {
		return s.askHost(args[1:], n)
	}
	p, msg := pathLine(args[0], args[1:], n)
	switch {
	case msg != "":
		return msg
	case p.Kind.Grants() && !p.Kind.MayEnd():
		return "'ask' does not go with " + shown(args[0])
	}
	s.Askable = append(s.Askable, p)
	return ""
}

// Asks reports whether a person is asked about what the sandbox refuses.
func (s *Spec) Asks() bool { return len(s.Askable) > 0 }

// Most returns s with all that a person may still be asked for: the most that can be
// opened in this run. Its Until are 0. s is not changed.
func (s *Spec) Most() *Spec {
	most := *s
	most.Ending, most.Askable = nil, nil
	most.Paths = append(s.Paths[:len(s.Paths):len(s.Paths)], s.Askable...)
	for _, p := range s.Ending {
		p.Until = 0
		most.Paths = append(most.Paths, p)
	}
	return &most
}
