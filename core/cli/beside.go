package cli

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// OwnProgram finds one of nono's programs where it was installed with this one, going by
// this program's own real path. PATH and the working directory, which others may fill,
// play no part.
func OwnProgram(name string) (string, error) {
	self, err := os.Executable()
	if err == nil {
		self, err = filepath.EvalSymlinks(self)
	}
	if err != nil {
		return "", &fault.Error{Do: "find " + name, Err: fault.Text("this program cannot tell where it is: is /proc mounted?")}
	}
	dir := filepath.Dir(self)
	beside := filepath.Join(dir, name)
	for _, path := range []string{beside, filepath.Join(filepath.Dir(dir), "libexec", "nono", name)} {
		if unix.Access(path, unix.X_OK) == nil {
			return path, nil
		}
	}
	return "", &fault.Error{Do: "find " + name, Err: fault.Text("it is neither beside " + fault.Quote(self) + " nor in ../libexec/nono"),
		Hint: "install it from the same release as nono-run"}
}

// mostOfAnswer bounds what another program may say, in bytes.
const mostOfAnswer = 8 << 20

// AnswerOf runs a program with that text as its input, and nothing of the environment. It
// returns what the program says, and whether its status was 0. The program must read all
// of its input before it says anything.
func AnswerOf(program string, argv []string, text string) (answer string, ok bool, err error) {
	in, toIn, err := os.Pipe()
	if err != nil {
		return "", false, err
	}
	defer toIn.Close()
	fromOut, out, err := os.Pipe()
	if err != nil {
		in.Close()
		return "", false, err
	}
	defer fromOut.Close()
	p, err := os.StartProcess(program, argv, &os.ProcAttr{Dir: "/", Env: []string{}, Files: []*os.File{in, out, out}})
	in.Close()
	out.Close()
	if err != nil {
		return "", false, err
	}
	// All of it is read before anything is answered; what ends early has an answer too.
	_, failed := io.WriteString(toIn, text)
	toIn.Close()
	said, err := io.ReadAll(io.LimitReader(fromOut, mostOfAnswer))
	state, waited := p.Wait()
	for _, e := range []error{err, waited} {
		if e != nil {
			return "", false, e
		}
	}
	return string(said), state.Success() && failed == nil, nil
}

// ScriptsOf returns the scripts of the text of a package.json, by their names, or nil.
// nono-hook reads it, since programs that start with each command do without a reader of
// JSON.
func ScriptsOf(text string) map[string]string {
	program, err := OwnProgram("nono-hook")
	if err != nil {
		return nil
	}
	said, ok, err := AnswerOf(program, []string{"nono-hook", "scripts"}, text)
	if err != nil || !ok {
		return nil
	}
	scripts := map[string]string{}
	for words := strings.Split(said, "\x00"); len(words) > 2; words = words[2:] {
		scripts[words[0]] = words[1]
	}
	return scripts
}
