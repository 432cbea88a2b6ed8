package main

import (
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/wants"
)

// passedOn are settings in files which are shut inside, and the variables that say
// the same: where packages come from, and what is not to be asked about outside.
// Without them a tool would go to the public place and say nothing.
var passedOn = [...]struct{ file, key, variable string }{
	{"pip/pip.conf", "index-url", "PIP_INDEX_URL"},
	{"pip/pip.conf", "extra-index-url", "PIP_EXTRA_INDEX_URL"},
	{"go/env", "GOPROXY", "GOPROXY"},
	{"go/env", "GOPRIVATE", "GOPRIVATE"},
	{"go/env", "GONOPROXY", "GONOPROXY"},
	{"go/env", "GONOSUMDB", "GONOSUMDB"},
	{"go/env", "GOSUMDB", "GOSUMDB"},
}

// passSettings adds to set what of passedOn the user's files say, has no secret in
// it and is not said by the environment.
func passSettings(set map[string]string, h policy.Host) {
	texts := map[string]string{}
	for _, s := range passedOn {
		text, read := texts[s.file]
		if !read {
			text, _ = wants.ReadFile(filepath.Join(wants.ConfigDir(h.Env), s.file))
			texts[s.file] = text
		}
		value := valueOf(text, s.key)
		if value != "" && len(value) < 512 && !strings.ContainsAny(value, "@?\x00") && h.Env(s.variable) == "" {
			set[s.variable] = value
		}
	}
}

// valueOf returns what a line KEY = VALUE of a file says, or "".
func valueOf(text, key string) string {
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(line, "=")
		if ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// unheeded names the files of settings that are there and shut, and that decide
// where the command goes.
func (l *launch) unheeded(w wants.Wants, h policy.Host, p *cli.Printer) {
	for _, file := range w.Settings {
		path := spec.Join(h.Env("HOME"), strings.TrimPrefix(file, "~/"))
		if _, err := wants.ReadFile(path); err != nil || l.open(path) {
			continue
		}
		p.Notice(w.Command + " goes on without " + fault.Quote(path) + ", which is shut: what it says of registries, proxies and indexes is not heeded (--read-file " +
			fault.Quote(path) + " opens it)")
	}
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
