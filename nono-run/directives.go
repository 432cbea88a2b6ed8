package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/profile"
	"golang.org/x/sys/unix"
)

// directives does what profiles say about the start: arguments for the command,
// and what the user should read.
func (o *options) directives(want *profile.Profile, p *cli.Printer) {
	for _, m := range want.Moved {
		p.Notice(m.Variable + " has the profile " + m.Profile + " grant " + fault.Quote(m.Path))
	}
	for _, d := range want.Daemons {
		if d.Port == 0 && exists(d.Path) || d.Port != 0 && listens(d.Port) {
			p.Notice(d.Text)
		}
	}
	for _, text := range want.Notices {
		p.Notice(text)
	}
	for _, a := range want.Arguments {
		if len(o.Command) == 0 || filepath.Base(o.Command[0]) != a.Command {
			continue
		}
		o.Command = slices.Insert(slices.Clone(o.Command), 1, a.Words...)
		p.Notice("the profile " + a.Profile + " adds arguments: " + a.Command + " " + strings.Join(a.Words, " "))
	}
}

// privateTemp stands in what a profile sets for the private temp.
const privateTemp = "$NONO_TEMP"

// setEnv returns what profiles set, of which the environment has nothing; temp is the
// private temp.
func setEnv(want *profile.Profile, temp string) map[string]string {
	set := map[string]string{}
	if want == nil {
		return set
	}
	for _, v := range want.SetEnv {
		if _, have := os.LookupEnv(v.Name); !have {
			set[v.Name] = strings.ReplaceAll(v.Value, privateTemp, temp)
		}
	}
	return set
}

// exists reports whether a path is there, or may be.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil || !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.ENOTDIR)
}

// listens reports whether something listens on a TCP port of this machine, by the
// kernel's table (proc(5), /proc/net/tcp: the second field is the local address, the
// fourth the state, 0A for LISTEN).
func listens(port int) bool {
	for _, table := range [...]string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			f := strings.Fields(line)
			if len(f) > 3 && f[3] == "0A" && strings.HasSuffix(f[1], ":"+hexPort(port)) {
				return true
			}
		}
	}
	return false
}

// hexPort is a port as the table has it: four digits.
func hexPort(port int) string {
	const digits = "0123456789ABCDEF"
	return string([]byte{digits[port>>12&15], digits[port>>8&15], digits[port>>4&15], digits[port&15]})
}
