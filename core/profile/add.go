package profile

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec/span"
	"github.com/nono-sandbox/nono/core/whole"
	"golang.org/x/sys/unix"
)

// Add adds a line, a directive and the path or host that it grants, to the user's own profile of
// that name. One that hides a built-in includes it. Either the file is there with the
// line, on disk, or it is as it was. It returns the file's name.
func Add(name, word, path string, env Env) (string, error) {
	dir := env.dir()
	file := filepath.Join(dir, name+suffix)
	fail := func(err error, hint string) (string, error) {
		return file, &fault.Error{Do: "write the profile", Path: file, Err: err, Hint: hint}
	}
	line, err := written(word, path)
	if err != nil || !goodName(name) || dir == "" {
		if err == nil {
			err = badName(name)
		}
		return fail(err, "")
	}
	src, err := find(name, env, false)
	if err != nil {
		return file, err // written by others, a symlink to nowhere …: it says which
	}
	text := src.text
	if !src.own {
		text = "# made by nono: what was answered with 'always'\nprofile " + name + "\n"
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	if strings.Contains("\n"+text, "\n"+line) {
		return file, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fail(err, "")
	}
	// Where the file is a symlink, what it leads to is the profile.
	real := file
	if src.own {
		if real, err = filepath.EvalSymlinks(file); err != nil {
			return fail(err, "")
		}
	}
	if err := replace(real, text+line, src); err != nil {
		return fail(err, "")
	}
	return file, nil
}

// written spells the line so that it is read back as the same path.
func written(word, path string) (string, error) {
	if !utf8.ValidString(path) || strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", fault.Text("no profile can hold a path with control characters, or bytes that are not UTF-8")
	}
	for i := range len(path) - 1 {
		if c := path[i+1]; path[i] == '$' && (c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_') {
			return "", fault.Text("a profile would take '$' in the path for a variable")
		}
	}
	if word != "host" {
		path = span.Lasting(path)
	}
	if strings.Trim(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./+,@:") != "" {
		path = strconv.Quote(path)
	}
	return word + " " + path + "\n", nil
}

// replace puts text into the file in one step, unless somebody has changed that since it
// was read.
func replace(file, text string, src source) error {
	dir, err := unix.Open(filepath.Dir(file), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(dir)
	return whole.Write(dir, filepath.Base(file), text, 0o600, func() error {
		now, err := os.ReadFile(file)
		if src.own && (err != nil || string(now) != src.text) || !src.own && !os.IsNotExist(err) {
			return fault.Text("somebody has changed it meanwhile")
		}
		return nil
	})
}
