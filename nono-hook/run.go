package main

import (
	"encoding/json"
	"io"
	"os"
	"runtime"
	"slices"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/nono-hook/install"
)

const usage = `usage: nono-hook [--silent] install AGENT NONO-WHY | remove AGENT
       nono-hook read | answer EVENT | scripts

Part of nono: nono run --install-hook and nono why --hook start it.
`

// most is the size of an input in bytes beyond which it is refused: what a tool has
// printed is cut by the agents long before that.
const most = 8 << 20

// run is the whole program; it returns the exit status.
func run(args []string, stdin, stdout, stderr *os.File) int {
	p := cli.NewPrinter(stdout, stderr)
	if p.Silent = len(args) > 0 && args[0] == "--silent"; p.Silent {
		args = args[1:]
	}
	return cli.Finish(p, act(args, stdin, p), usage)
}

// act does what the words say.
func act(words []string, in io.Reader, p *cli.Printer) error {
	switch {
	case len(words) == 3 && words[0] == "install":
		h, err := policy.ThisHost(runtime.GOOS)
		if err != nil {
			return err
		}
		return install.Install(words[1], words[2], h, p)
	case len(words) == 2 && words[0] == "remove":
		h, err := policy.ThisHost(runtime.GOOS)
		if err != nil {
			return err
		}
		return install.Remove(words[1], h, p)
	}
	verb, err := filter(words)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(in, most+1))
	if err == nil && len(text) > most {
		err = fault.Text("it is larger than 8 MiB")
	}
	if err == nil {
		text, err = verb(text)
	}
	if err == nil {
		_, err = p.Out.Write(text)
	}
	if err != nil {
		return &fault.Error{Do: "answer", Err: err}
	}
	return nil
}

// filter returns what makes an answer of standard input.
func filter(words []string) (func([]byte) ([]byte, error), error) {
	switch {
	case slices.Equal(words, []string{"read"}):
		return read, nil
	case slices.Equal(words, []string{"scripts"}):
		return scripts, nil
	case len(words) == 2 && words[0] == "answer":
		return func(said []byte) ([]byte, error) { return answer(words[1], string(said)) }, nil
	}
	return nil, cli.Misuse("use nono-hook so", "it is a part of nono's other programs", "nono run --install-hook AGENT")
}

// scripts gives the names of the scripts of a package.json and their texts: each ends
// with a NUL byte.
func scripts(text []byte) ([]byte, error) {
	var pkg struct{ Scripts map[string]string }
	if err := json.Unmarshal(text, &pkg); err != nil {
		return nil, err
	}
	var out []byte
	for name, script := range pkg.Scripts {
		out = append(out, field(name)+"\x00"+field(script)+"\x00"...)
	}
	return out, nil
}
