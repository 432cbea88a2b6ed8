package cli

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// parse parses args as nono-run's policy flags and --keep-fd.
func parse(args ...string) (*Request, []string, error) {
	table := slices.Clone(PolicyFlags)
	for _, f := range RunFlags {
		if f.Name == "keep-fd" {
			table = append(table, f)
		}
	}
	s := NewSet(table...)
	r := &Request{}
	r.Bind(s)
	r.BindPorts(s, "port")
	r.BindKeepFDs(s)
	rest, err := s.Parse(args)
	return r, rest, err
}

func TestParse(t *testing.T) {
	r, rest, err := parse("-a", ".", "--allow=/x", "-r=/r", "--read", "-odd", "-net-block", "--allow-rmdir=false", "--keep-fd", "3",
		"--allow-command", "rm", "--allow-command", "dd", "--workdir", "w", "--", "cmd", "--net-block", "-a")
	if err != nil {
		t.Fatal(err)
	}
	var grants []string
	for _, g := range r.Grants {
		grants = append(grants, g.Kind.String()+" "+g.Path)
	}
	if want := []string{"allow .", "allow /x", "read /r", "read -odd"}; !slices.Equal(grants, want) {
		t.Errorf("grants %q, want %q", grants, want)
	}
	if !r.NetBlock || r.Allow.Rmdir || r.Workdir != "w" || !slices.Equal(r.AllowCommands, []string{"rm", "dd"}) || !slices.Equal(r.KeepFDs, []int{3}) {
		t.Errorf("%+v", r)
	}
	if want := []string{"cmd", "--net-block", "-a"}; !slices.Equal(rest, want) {
		t.Errorf("rest %q, want %q", rest, want)
	}
}

// TestFlagsEnd: at the first word that is none, or at "--"; the rest is left as
// it is.
func TestFlagsEnd(t *testing.T) {
	for _, c := range []struct{ args, rest string }{
		{"", ""}, {"--", ""}, {"cmd", "cmd"}, {"-a . cmd -a .", "cmd -a ."}, {"-a . -- -a .", "-a ."},
		{"-a . -- -- x", "-- x"}, {"-a . - -x", "- -x"},
	} {
		_, rest, err := parse(strings.Fields(c.args)...)
		if err != nil || strings.Join(rest, " ") != c.rest {
			t.Errorf("%s: %q, %v; want %q", c.args, rest, err, c.rest)
		}
	}
}

// TestFlagsBehindWords: ParseAnywhere takes flags up to "--", wherever they stand.
func TestFlagsBehindWords(t *testing.T) {
	for _, c := range []struct{ args, words, force, older string }{
		{"", "", "", ""}, {"a b", "a b", "", ""}, {"--force a", "a", "true", ""}, {"a --force", "a", "true", ""},
		{"a --older 1s b --force", "a b", "true", "1s"}, {"prune --older=1s", "prune", "", "1s"},
		{"a -- --force", "a --force", "", ""}, {"-- --force", "--force", "", ""}, {"a -- -- b", "a -- b", "", ""},
		{"a --force -- --older", "a --older", "true", ""}, {"- --force", "-", "true", ""}, {"a --older --force", "a", "", "--force"},
		{"a --fore", "error", "", ""}, {"--force a --force", "error", "", ""}, {"a --older", "error", "", ""},
		{"a --older --", "error", "", ""}, {"a --older --force --older 2s", "error", "", ""},
	} {
		s := NewSet(Flag{Name: "force"}, Flag{Name: "older", Arg: "AGE"})
		var force bool
		var older string
		s.BindBool("force", &force)
		s.BindString("older", &older)
		words, err := s.ParseAnywhere(strings.Fields(c.args))
		var misuse *UsageError
		if c.words == "error" {
			if !errors.As(err, &misuse) {
				t.Errorf("%s: %q, %v; want a usage error", c.args, words, err)
			}
			continue
		}
		if err != nil || strings.Join(words, " ") != c.words || force != (c.force == "true") || older != c.older {
			t.Errorf("%s: %q, %v, %q, %v", c.args, words, force, older, err)
		}
	}
}

func TestWantsHelp(t *testing.T) {
	for args, want := range map[string]bool{"": false, "x": false, "-h": true, "x --help": true, "x -- --help": false, "--helps": false} {
		if got := WantsHelp(strings.Fields(args)); got != want {
			t.Errorf("%q: %v", args, got)
		}
	}
}

func TestUsageErrors(t *testing.T) {
	const allow = "--allow DIR: read and write everything in this directory"
	for _, c := range []struct {
		args       []string
		want, hint string
	}{
		{[]string{"--alow", "."}, "cannot use the flag '--alow': there is no such flag", "did you mean --allow?"},
		{[]string{"--unheard-of=1"}, "cannot use the flag '--unheard-of': there is no such flag", "--help lists the flags"},
		{[]string{"-x"}, "cannot use the flag '-x': there is no such flag", "--help lists the flags"},
		{[]string{"--allow"}, "cannot use the flag '--allow': its argument is missing", allow},
		{[]string{"-a"}, "cannot use the flag '-a': its argument is missing", allow},
		{[]string{"--allow", ""}, "cannot use the flag '--allow': its argument is empty", allow},
		{[]string{"-a="}, "cannot use the flag '-a': its argument is empty", allow},
		{[]string{"--workdir", "a", "--workdir", "b"}, "cannot use the flag '--workdir': it is given twice", "--workdir DIR: start the command in this directory"},
		{[]string{"--net-block", "--net-block"}, "cannot use the flag '--net-block': it is given twice", "--net-block: no network at all"},
		{[]string{"--net-block", "--net-block=false"}, "cannot use the flag '--net-block': it is given twice", "--net-block: no network at all"},
		{[]string{"--net-block=perhaps"}, "cannot use the flag '--net-block': it takes no argument", "--net-block: no network at all"},
		{[]string{"--net-block="}, "cannot use the flag '--net-block': its argument is empty", "--net-block: no network at all"},
		{[]string{"--keep-fd", "2"}, "cannot use the flag '--keep-fd': it must be a descriptor above 2, not '2'", "--keep-fd N: let the command inherit this file descriptor"},
		{[]string{"--keep-fd", "a: -b flag -c"}, "cannot use the flag '--keep-fd': it must be a descriptor above 2, not 'a: -b flag -c'", "--keep-fd N: let the command inherit this file descriptor"},
		{[]string{"--keep-fd", "99999999999999999999"}, "cannot use the flag '--keep-fd': it must be a descriptor above 2, not '99999999999999999999'", "--keep-fd N: let the command inherit this file descriptor"},
		{[]string{"---allow"}, "cannot use the flag '---allow': it is not written as a flag", "--help lists the flags"},
		{[]string{"-a", ".", "--=x", "y"}, "cannot use the flag '--=x': it is not written as a flag", "--help lists the flags"},
		{[]string{"--\x1b[2J"}, `cannot use the flag $'--\033[2J': there is no such flag`, "--help lists the flags"},
	} {
		_, _, err := parse(c.args...)
		var misuse *UsageError
		if !errors.As(err, &misuse) {
			t.Errorf("%q: %v is no UsageError", c.args, err)
			continue
		}
		if err.Error() != c.want || fault.HintOf(err) != c.hint {
			t.Errorf("%q:\n got %s (%s)\nwant %s (%s)", c.args, err, fault.HintOf(err), c.want, c.hint)
		}
	}
}

// TestEveryFlagOfATableIsBound, and to what its line says: grants by their own
// name, lists add up, and all but these are given once.
func TestEveryFlagOfATableIsBound(t *testing.T) {
	for _, f := range PolicyFlags {
		s := NewSet(PolicyFlags...)
		r := &Request{}
		r.Bind(s)
		r.BindHosts(s, "host")
		r.BindPorts(s, "port")
		args := []string{"--" + f.Name}
		switch f.Arg {
		case None:
		case Ports, ListenAt:
			args = append(args, "443")
		case Secret:
			args = append(args, "TOKEN=pass:web")
		default:
			args = append(args, "x")
		}
		if _, err := s.Parse(args); err != nil {
			t.Errorf("--%s: %v", f.Name, err)
			continue
		}
		if !s.Given(f.Name) {
			t.Errorf("--%s is not given, though it was", f.Name)
		}
		if f.Group == groupPaths && f.Arg != None && (len(r.Grants) != 1 || r.Grants[0].Kind.String() != f.Name || !r.Grants[0].Kind.Grants()) {
			t.Errorf("--%s grants %v", f.Name, r.Grants)
		}
		if f.Arg == Service {
			args = []string{"--" + f.Name, "other"}
		}
		if f.Arg == Secret { // of which no two have one name
			args = []string{"--" + f.Name, "OTHER=pass:web"}
		}
		if _, err := s.Parse(args); (err == nil) != f.Many {
			t.Errorf("--%s again: %v; Many is %v", f.Name, err, f.Many)
		}
	}
	for k := spec.Read; k <= spec.DenyWrite; k++ {
		if !slices.ContainsFunc(PolicyFlags, func(f Flag) bool { return f.Name == k.String() }) {
			t.Errorf("a spec can say %s, and no flag can", k)
		}
	}
}

// TestBindingWhatIsNotInTheTable is a mistake in the program, and loud.
// The word that ends the flags is no argument of one.
func TestDashesAreNoArgument(t *testing.T) {
	for _, args := range [][]string{{"--allow-env", "--", "x"}, {"--allow", "--", "ls"}, {"-a", "--", "ls"}, {"--workdir", "--"}} {
		r := &Request{}
		set := NewSet(PolicyFlags...)
		r.Bind(set)
		_, err := set.Parse(args)
		if err == nil || !strings.Contains(err.Error(), "'"+args[0]+"': its argument is missing") {
			t.Errorf("%q: %v", args, err)
		}
	}
}

func TestBindingWhatIsNotInTheTable(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	NewSet(PolicyFlags...).BindBool("no-such-flag", new(bool))
}

func TestTables(t *testing.T) {
	for name, table := range map[string][]Flag{"nono-run": slices.Concat(PolicyFlags, RunFlags), "nono-why": WhyTable()} {
		seen := map[string]bool{}
		for _, f := range table {
			for _, n := range []string{f.Name, f.Short} {
				if n != "" && seen[n] {
					t.Errorf("%s: %s is there twice", name, n)
				}
				seen[n] = true
			}
			if strings.ToLower(f.Name) != f.Name || len(f.Name) < 2 || len(f.Short) > 1 {
				t.Errorf("%s: --%s, -%s", name, f.Name, f.Short)
			}
			first, _, _ := strings.Cut(f.Help, " ")
			if f.Help == "" || strings.HasSuffix(f.Help, ".") || strings.Contains(f.Help, "\n") || first != strings.ToLower(first) && first != "POSIX" {
				t.Errorf("%s: --%s: help %q", name, f.Name, f.Help)
			}
			if f.Group == "" {
				t.Errorf("%s: --%s has no heading", name, f.Name)
			}
		}
	}
	// A repeatable flag without argument would have nothing to add up.
	for _, f := range slices.Concat(PolicyFlags, RunFlags, whyFlags) {
		if f.Many && f.Arg == None {
			t.Errorf("--%s repeats and takes nothing", f.Name)
		}
	}
}
