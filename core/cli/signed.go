package cli

import (
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
		said, ok, err := AnswerOf(program, []string{"nono-policy", "verify", "--signature=" + file + ".sig", "--bundle=" + file + ".sigstore.json", "-"}, text)
		if err != nil {
			return &fault.Error{Do: "have the profile verified", Path: file, Err: err}
		}
		if !ok {
			answer := reasonIn(strings.Split(strings.TrimSpace(said), "\n"))
			return &fault.Error{Do: "use the profile", Path: file,
				Err:  fault.Text("the policy " + fault.Quote(policy) + " requires a signature: " + answer),
				Hint: "nono policy sign signs a profile, or: ssh-keygen -Y sign -n nono-profile"}
		}
		return nil
	}
}

// reasonIn is the line that says why, without what is always before it.
func reasonIn(lines []string) string {
	for _, l := range lines {
		for _, before := range []string{"nono: error: ", "no valid signature: "} {
			if why, ok := strings.CutPrefix(l, before); ok {
				return why
			}
		}
	}
	return lines[0]
}
