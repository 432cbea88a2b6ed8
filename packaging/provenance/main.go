// Command provenance tells how the files of a release were made: an in-toto statement
// (v1) with SLSA's provenance (v1) about these files. What it says follows from the
// commit, the version of Go and the list of parts alone, so that two runs give the same
// bytes, and anybody can make it again and compare.
//
//	provenance -version V -commit HASH -go VERSION -parts FILE.cdx.json FILE ...
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "provenance: "+err.Error())
		os.Exit(1)
	}
}

func run(args []string, w io.Writer) error {
	fs := flag.NewFlagSet("provenance", flag.ContinueOnError)
	b := build{}
	fs.StringVar(&b.version, "version", "", "the suite's version")
	fs.StringVar(&b.commit, "commit", "", "the commit that it was made from")
	fs.StringVar(&b.goVersion, "go", "", "the version of Go")
	parts := fs.String("parts", "", "the list of parts, in CycloneDX's form")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if b.version == "" || len(b.commit) != 40 && len(b.commit) != 64 || b.goVersion == "" || *parts == "" || fs.NArg() == 0 {
		return fmt.Errorf("-version, -commit, -go, -parts and files are wanted")
	}
	subjects, err := subjectsOf(fs.Args())
	if err != nil {
		return err
	}
	modules, err := modulesOf(*parts)
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(b.statement(subjects, modules))
}
