// Command gen writes what follows from the tables of flags: the completions,
// the flags' sections of the man pages and the shells' lists of flags. What it
// writes is committed; its test fails when a table and a file differ.
//
//	go run ./packaging/gen [-o DIR] [ROOT]
//
// ROOT is the source tree, the working directory by default. With -o the files
// go to DIR instead.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("o", "", "write into this directory and leave the tree alone")
	flag.Parse()
	root := "."
	if flag.NArg() > 0 {
		root = flag.Arg(0)
	}
	if *out == "" {
		*out = root
	}
	if err := write(root, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen: "+err.Error())
		os.Exit(1)
	}
}

// write makes every file from the tree at root and writes it beneath out.
func write(root, out string) error {
	files, err := generate(root)
	if err != nil {
		return err
	}
	for name, text := range files {
		path := filepath.Join(out, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
