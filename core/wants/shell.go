package wants

import (
	"path/filepath"
	"slices"
	"strings"
)

// shell looks into what a shell is to run: the text behind -c, or a script.
func (f *Finder) shell(out *Wants, argv []string, dir string, depth int) {
	for i := 1; i < len(argv); i++ {
		switch a := argv[i]; {
		case strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && strings.HasSuffix(a, "c") && i+1 < len(argv):
			f.text(out, argv[i+1], dir, depth)
			return
		case !strings.HasPrefix(a, "-"):
			f.script(out, a, dir, depth)
			return
		}
	}
}

// script looks into a shell script.
func (f *Finder) script(out *Wants, file, dir string, depth int) {
	if !strings.Contains(file, "/") && depth == 0 && out.Command == "" {
		file = "./" + file
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	text, err := f.Read(file)
	if err != nil {
		return
	}
	first, _, _ := strings.Cut(text, "\n")
	if strings.HasPrefix(first, "#!") && !strings.Contains(first, "sh") {
		return // of another language
	}
	if !strings.HasPrefix(first, "#!") && strings.Contains(text[:min(len(text), 1024)], "\x00") {
		return // a program of the machine's
	}
	before := len(out.Blocked)
	f.text(out, text, dir, depth)
	if len(out.Blocked) > before && out.Script == "" {
		out.Script = file
	}
}

// text adds what the commands in a shell's text want. It is no shell: it takes the
// words where a command may begin, and so may take one that is only printed.
func (f *Finder) text(out *Wants, text, dir string, depth int) {
	text = strings.ReplaceAll(text, "\\\n", " ")
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\n;|&(){}`", r) }) {
		words := strings.Fields(part)
		for len(words) > 0 && slices.Contains(before[:], words[0]) {
			words = words[1:]
		}
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		for i, w := range words {
			words[i] = strings.Trim(w, `"'`)
		}
		if words[0] != "" {
			f.add(out, words, dir, depth+1)
		}
	}
}

// before are the words behind which another command begins.
var before = [...]string{"then", "do", "else", "elif", "if", "while", "until", "!", "time", "exec", "command", "eval", "nohup", "sudo"}
