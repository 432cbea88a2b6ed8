package cli

import (
	"io"
	"os"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

// signedFor returns what checks that a profile of the user's own has a signature, which
// the policy of that name wants. nono-policy does it: this program knows no cryptography.
// It is given the bytes that this program has read, and goes by no name of them, so that
// what was checked is what is used.
func signedFor(policy string) func(file, text string) error {
	return func(file, text string) error {
		program, err := OwnProgram("nono-policy")
		if err != nil {
			return err
		}
		answer, ok, err := answerOf(program, []string{"nono-policy", "verify", "--signature=" + file + ".sig", "--bundle=" + file + ".sigstore.json", "-"}, text)
		if err != nil {
			return &fault.Error{Do: "have the profile verified", Path: file, Err: err}
		}
		if !ok {
			return &fault.Error{Do: "use the profile", Path: file,
				Err:  fault.Text("the policy " + fault.Quote(policy) + " wants it signed: " + answer),
				Hint: "nono policy sign signs a profile, or: ssh-keygen -Y sign -n nono-profile"}
		}
		return nil
	}
}

// answerOf runs a program with that text as its input, and nothing of the environment. It
// returns the last line of what the program says, and whether its status was 0.
func answerOf(program string, argv []string, text string) (answer string, ok bool, err error) {
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
	said, err := io.ReadAll(io.LimitReader(fromOut, 64<<10))
	state, waited := p.Wait()
	for _, e := range []error{err, waited} {
		if e != nil {
			return "", false, e
		}
	}
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	return reasonIn(lines), state.Success() && failed == nil, nil
}

// reasonIn is the line that says why, without what is always before it.
func reasonIn(lines []string) string {
	for _, l := range lines {
		for _, before := range []string{"nono: error: ", "not signed as it must be: "} {
			if why, ok := strings.CutPrefix(l, before); ok {
				return why
			}
		}
	}
	return lines[0]
}
