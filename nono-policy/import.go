package main

import (
	"encoding/json"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
)

// importProfile prints the profile of another sandbox of this name, which is JSON or
// TOML, as one of nono's. What it cannot take over stands in comments, and is found.
func importProfile(args []string, out io.Writer) (int, error) {
	if len(args) != 1 || strings.HasPrefix(args[0], "-") && args[0] != "-" {
		return 0, cli.Misuse("import a profile", "give one file", "nono policy import FILE >NAME.profile")
	}
	file := args[0]
	text, err := readSmall(file)
	if err != nil {
		return 0, &fault.Error{Do: "import the profile", Path: file, Err: err}
	}
	language, read := "JSON", readJSON
	if strings.HasSuffix(file, ".toml") {
		language, read = "TOML", readTOML
	}
	all, err := read(text)
	if err != nil {
		return 0, &fault.Error{Do: "import the profile", Path: file, Err: err}
	}
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	h, err := policy.ThisHost(runtime.GOOS)
	if err != nil {
		return 0, err
	}
	i := &importer{name: name, language: language, env: profile.Env{GOOS: h.GOOS, Getenv: h.Env, UID: h.UID, Workdir: h.Dir}}
	i.all(all)
	// What is printed must be a profile, whatever stood in the file.
	if err := i.check(i.out.String()); err != nil {
		return 0, err
	}
	status := 0
	if i.left {
		status = found
	}
	return status, say(out, i.out.String())
}

// An importer writes a profile.
type importer struct {
	name     string
	language string // that it is in
	env      profile.Env
	out      strings.Builder
	left     bool // something could not be taken over
}

func readJSON(text []byte) (all map[string]any, err error) {
	err = json.Unmarshal(text, &all)
	return all, err
}

// readTOML reads text as if the same stood there in JSON.
func readTOML(text []byte) (map[string]any, error) {
	var all map[string]any
	if err := toml.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	same, err := json.Marshal(all)
	if err != nil {
		return nil, err // infinity, which JSON has not
	}
	return readJSON(same)
}

// check says what is wrong with the text of a profile.
func (i *importer) check(text string) error {
	r := &cli.Request{}
	_, err := r.AddProfileText(i.name, text, flags(r), i.env)
	return err
}

// line writes one line of the profile, if it can be one.
func (i *importer) line(word, value string) {
	line := word + " " + value + "\n"
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) || i.check(line) != nil {
		i.leave(word, value)
		return
	}
	i.out.WriteString(line)
}

// leave writes a comment for what is not taken over.
func (i *importer) leave(key string, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		text = []byte("?")
	}
	i.out.WriteString("# not taken over: " + key + " " + string(text) + "\n")
	i.left = true
}

// files are the lists of paths, and the words that they become.
var files = []struct{ key, word string }{
	{"allow", "allow"}, {"read", "read"}, {"write", "write"}, {"allow_file", "allow-file"}, {"read_file", "read-file"}, {"write_file", "write-file"}, {"deny", "deny"},
}

// all writes the profile, what is known first.
func (i *importer) all(all map[string]any) {
	i.out.WriteString("# " + fault.Quote(i.name) + ": taken over from " + i.language + "\n")
	for _, base := range texts(all["extends"]) {
		switch {
		case base == "default":
		case profile.IsBuiltin(base) && base != i.name:
			i.line("profile", base)
		default:
			i.leave("extends", base)
		}
	}
	take(all, "extends", "meta", "$schema", "interactive")
	if dir, ok := all["workdir"].(map[string]any); ok {
		if access, ok := dir["access"].(string); ok && slices.Contains([]string{"none", "read", "write", "readwrite"}, access) {
			i.line("workdir", access)
			take(dir, "access")
		}
		i.rest("workdir", dir)
		take(all, "workdir")
	}
	if fs, ok := all["filesystem"].(map[string]any); ok {
		for _, f := range files {
			i.paths(f.key, f.word, fs[f.key])
			take(fs, f.key)
		}
		take(fs, "suppress_save_prompt", "ignore") // questions that nono does not ask
		i.rest("filesystem", fs)
		take(all, "filesystem")
	}
	if net, ok := all["network"].(map[string]any); ok {
		i.network(net)
		take(all, "network")
	}
	i.rest("", all)
}

// network writes what is known of the network's settings.
func (i *importer) network(net map[string]any) {
	if block, ok := net["block"].(bool); ok {
		if block {
			i.out.WriteString("net-block\n")
		}
		take(net, "block")
	}
	for _, key := range []string{"allow_domain", "proxy_allow", "allow_proxy"} {
		hosts, _ := net[key].([]any)
		for _, h := range hosts {
			if host, ok := h.(string); ok {
				i.line("host", host)
			} else {
				i.leave("network."+key, h)
			}
		}
		take(net, key)
	}
	i.rest("network", net)
}

// paths writes a list of paths; each may be for one system alone.
func (i *importer) paths(key, word string, list any) {
	all, _ := list.([]any)
	for _, entry := range all {
		path, ok := entry.(string)
		prefix := ""
		if o, conditional := entry.(map[string]any); conditional {
			path, ok = o["path"].(string)
			switch when := o["when"]; when {
			case nil:
			case "linux", "macos":
				prefix = when.(string) + " "
			default:
				ok = false
			}
		}
		if path, ok = place(path, ok); !ok {
			i.leave("filesystem."+key, entry)
			continue
		}
		i.line(prefix+word, path)
	}
}

// variables are those that a path may begin with, for both.
var variables = []string{"$HOME", "$WORKDIR", "$TMPDIR", "$UID", "$XDG_CONFIG_HOME", "$XDG_DATA_HOME", "$XDG_STATE_HOME", "$XDG_CACHE_HOME", "$XDG_RUNTIME_DIR"}

// place returns a path as a profile spells it, if it can stand in one.
func place(path string, ok bool) (string, bool) {
	first, rest, _ := strings.Cut(path, "/")
	switch {
	case !ok || path == "" || strings.Contains(rest, "$") && !strings.Contains(rest, "$UID"):
		return "", false
	case path[0] == '/', first == "~", slices.Contains(variables, first):
		return path, true
	case first == ".":
		return filepath.Join("$WORKDIR", rest), true
	case path[0] != '$' && path[0] != '~':
		return "$WORKDIR/" + path, true // relative, there as here
	}
	return "", false
}

// rest writes comments for what is left of a section, and says something.
func (i *importer) rest(section string, left map[string]any) {
	keys := make([]string, 0, len(left))
	for key := range left {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		if !empty(left[key]) {
			name := key
			if section != "" {
				name = section + "." + key
			}
			if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") != "" {
				name = strconv.Quote(name)
			}
			i.leave(name, left[key])
		}
	}
}

// empty reports whether a value says nothing.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, inner := range v {
			if !empty(inner) {
				return false
			}
		}
		return true
	}
	return false
}

// texts returns a text, or the texts of a list.
func texts(v any) []string {
	var all []string
	switch v := v.(type) {
	case string:
		all = append(all, v)
	case []any:
		for _, t := range v {
			all = append(all, texts(t)...)
		}
	}
	return all
}

// take removes what has been looked at.
func take(from map[string]any, keys ...string) {
	for _, key := range keys {
		delete(from, key)
	}
}
