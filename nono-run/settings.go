package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/wants"
)

// passedOn are settings in files which are shut inside, and the variables that say
// the same: where packages come from, and what is not to be asked about outside.
// Without them a tool would go to the public place and say nothing. The first file
// that says a thing decides.
var passedOn = [...]struct {
	files []string // as in commands-want.list
	off   string   // a variable's setting by which the tool reads none of them
	keys  [][2]string
}{
	{[]string{"$PIP_CONFIG_FILE", "~/.config/pip/pip.conf", "~/.pip/pip.conf"}, "PIP_CONFIG_FILE=/dev/null", [][2]string{
		{"index-url", "PIP_INDEX_URL"},
		{"extra-index-url", "PIP_EXTRA_INDEX_URL"},
		{"no-index", "PIP_NO_INDEX"},
		{"find-links", "PIP_FIND_LINKS"},
		{"trusted-host", "PIP_TRUSTED_HOST"},
		{"proxy", "PIP_PROXY"},
		{"cert", "PIP_CERT"},
	}},
	{[]string{"$GOENV", "~/.config/go/env"}, "GOENV=off", [][2]string{
		{"GOPROXY", "GOPROXY"},
		{"GOPRIVATE", "GOPRIVATE"},
		{"GONOPROXY", "GONOPROXY"},
		{"GONOSUMDB", "GONOSUMDB"},
		{"GOSUMDB", "GOSUMDB"},
		{"GOINSECURE", "GOINSECURE"},
		{"GOVCS", "GOVCS"},
		{"GOTOOLCHAIN", "GOTOOLCHAIN"},
	}},
}

// passSettings adds to set what of passedOn the user's files say, has no secret in
// it and is not said by the environment.
func passSettings(set map[string]string, h policy.Host) {
	for _, tool := range passedOn {
		if name, off, _ := strings.Cut(tool.off, "="); h.Env(name) == off {
			continue
		}
		for _, file := range tool.files {
			text, _ := wants.ReadFile(settingsFile(file, h))
			for _, key := range tool.keys {
				value, known := valueOf(text, key[0]), set[key[1]]
				if value != "" && known == "" && passable(value) && h.Env(key[1]) == "" {
					set[key[1]] = value
				}
			}
		}
	}
}

// passable reports whether a value can have no user or password in it.
func passable(value string) bool { return len(value) < 512 && !strings.ContainsAny(value, "@?\x00") }

// passesOn reports whether file is one of passedOn whose settings are all passed on.
func passesOn(file, path string, h policy.Host) bool {
	for _, tool := range passedOn {
		if slices.Contains(tool.files, file) {
			text, _ := wants.ReadFile(path)
			return !slices.ContainsFunc(tool.keys, func(key [2]string) bool {
				return h.Env(key[1]) == "" && !passable(valueOf(text, key[0]))
			})
		}
	}
	return false
}

// valueOf returns what a line KEY = VALUE of a file says, or KEY: VALUE, with the
// indented lines that go on with it behind; or "".
func valueOf(text, key string) string {
	var words []string
	found := false
	for line := range strings.Lines(text) {
		if trimmed := strings.TrimSpace(line); found {
			if trimmed == "" || line[0] != ' ' && line[0] != '\t' {
				break
			}
			words = append(words, strings.Fields(trimmed)...)
			continue
		}
		if at := strings.IndexAny(line, "=:"); at > 0 && strings.TrimSpace(line[:at]) == key {
			found, words = true, strings.Fields(line[at+1:])
		}
	}
	return strings.Join(words, " ")
}

// settingsFile is the file that an item of commands-want.list names.
func settingsFile(item string, h policy.Host) string {
	if name, ok := strings.CutPrefix(item, "$"); ok {
		name, rest, _ := strings.Cut(name, "/")
		if value := h.Env(name); filepath.IsAbs(value) {
			return filepath.Join(value, rest)
		}
		return ""
	}
	if rest, ok := strings.CutPrefix(item, "~/.config/"); ok {
		return spec.Join(wants.ConfigDir(h.Env), rest)
	}
	return spec.Join(h.Env("HOME"), strings.TrimPrefix(item, "~/"))
}

// unheeded names the files of settings that are there and shut, and that decide
// where the command goes.
func (l *launch) unheeded(w wants.Wants, h policy.Host, p *cli.Printer) {
	var told []string
	for _, file := range w.Settings {
		path := settingsFile(file, h)
		if slices.Contains(told, path) || !says(path) || l.open(path) || passesOn(file, path, h) {
			continue
		}
		told = append(told, path)
		p.Notice(w.Command + " goes on without " + fault.Quote(path) + ", which is shut: what it says of servers, registries, proxies and accounts is not heeded (--read-file " +
			fault.Quote(path) + " opens it)")
	}
}

// says reports whether path is a file that says something to its user.
func says(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return false
	}
	f, err := os.Open(path)
	if err == nil {
		f.Close()
	}
	return err == nil
}

// open reports whether path can be read inside: the nearest line to it decides.
func (l *launch) open(path string) bool {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	nearest, open := -1, false
	for _, line := range l.policy.Spec.Paths {
		reads := line.Kind.Grants() && line.Kind != spec.Write && line.Kind != spec.WriteFile
		if !spec.Within(path, line.Path) || line.Kind == spec.DenyWrite || line.Kind != spec.Deny && !reads {
			continue
		}
		if n := len(line.Path); n > nearest || n == nearest && reads {
			nearest, open = n, reads
		}
	}
	return open
}
