// Command sbom tells what binaries are made of, going by the record that the Go
// linker leaves in each: which modules, in which versions, with which sums.
//
//	sbom -version V -time SECONDS BINARY ...   CycloneDX 1.6, as JSON
//	sbom -licences BINARY ...                  the licences' texts
//
// It must run in the tree that the binaries were built from: the licences are
// looked up there.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "sbom: "+err.Error())
		os.Exit(1)
	}
}

func run(args []string, w io.Writer) error {
	fs := flag.NewFlagSet("sbom", flag.ContinueOnError)
	version := fs.String("version", "", "the suite's version")
	seconds := fs.String("time", "0", "the time it is dated with, in seconds since 1970")
	licences := fs.Bool("licences", false, "print the licences' texts instead")
	if err := fs.Parse(args); err != nil {
		return err
	}
	parts, err := partsOf(fs.Args())
	if err != nil {
		return err
	}
	if *licences {
		return writeLicences(w, parts)
	}
	at, err := strconv.ParseInt(*seconds, 10, 64)
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(document(*version, time.Unix(at, 0).UTC(), fs.Args(), parts))
}
