package main

import (
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
)

// alwaysPrivate are the names, besides TMPDIR, by which programs find a place for
// temporary files that is a fixed one in /tmp where the name is not set: zsh's
// here-documents (zshparam(1)), Claude Code's, tmux's sockets.
var alwaysPrivate = [...]string{"TMPPREFIX", "CLAUDE_CODE_TMPDIR", "TMUX_TMPDIR"}

// privateWhereSet are those that mean TMPDIR where they are not set, or nothing.
// XDG_RUNTIME_DIR must be a directory of the user's alone, which the private temp
// is (basedir-spec).
var privateWhereSet = [...]string{
	"TMP", "TEMP", "TEMPDIR", "GOTMPDIR", "BUN_TMPDIR", "SQLITE_TMPDIR", "MAGICK_TEMPORARY_PATH", "XDG_RUNTIME_DIR",
}

// temporaryPlaces returns, by their names, the variables that lead programs to the
// private temp at dir. A place that s opens is left as it is.
func temporaryPlaces(dir string, s *spec.Spec, getenv func(string) string) map[string]string {
	set := map[string]string{"TMPDIR": dir}
	for _, name := range alwaysPrivate {
		set[name] = dir
	}
	set["TMPPREFIX"] += "/zsh" // of names, in a directory
	for name := range set {
		if at := getenv(name); name != "TMPDIR" && opened(s, name, at) {
			set[name] = at
		}
	}
	for _, name := range privateWhereSet {
		if at := getenv(name); at != "" && !opened(s, name, at) {
			set[name] = dir
		}
	}
	java := getenv("JDK_JAVA_OPTIONS")
	if !opened(s, "", "/tmp") && !strings.Contains(java+getenv("JAVA_TOOL_OPTIONS")+getenv("_JAVA_OPTIONS"), "java.io.tmpdir") {
		set["JDK_JAVA_OPTIONS"] = javaOptions(java, dir)
	}
	return set
}

// javaOptions adds the directory to the user's own options. Java asks no variable
// for it: java.io.tmpdir is /tmp. This is the one way in that only Java's launcher
// reads, from JDK 9 on (java(1), "Using the JDK_JAVA_OPTIONS"). The launcher says
// on standard error that it has found it.
func javaOptions(own, dir string) string {
	option := "-Djava.io.tmpdir=" + dir
	if strings.ContainsAny(dir, " \t'") {
		option = `"` + option + `"`
	}
	if own == "" {
		return option
	}
	return own + " " + option
}

// opened reports whether s lets files be made at path, which is what the variable of
// that name says. For sockets one at a place beneath it is enough.
func opened(s *spec.Spec, name, path string) bool {
	sockets := name == "XDG_RUNTIME_DIR" || name == "TMUX_TMPDIR"
	switch {
	case !filepath.IsAbs(path):
		return false // nobody's place
	case sockets && s.UnixSockets:
		return true
	case name == "TMPPREFIX":
		path = filepath.Dir(path)
	}
	path = filepath.Clean(path)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	for _, p := range s.Paths {
		switch {
		case (p.Kind == spec.Allow || p.Kind == spec.Write || p.Kind == spec.Temp) && spec.Within(path, p.Path):
			return true
		case sockets && p.By.Source == spec.Flag && p.Kind.Grants() && spec.Within(p.Path, path):
			return true
		}
	}
	return false
}
