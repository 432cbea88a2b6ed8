// Package entry is where nono's programs begin, so that one that cannot start for
// lack of memory says so in nono's own words (package limits).
//
// A program that imports it has the symbol _nono_entry, which the build makes the
// entry point of the program (the linker's flag -E, on Linux). A build without that
// flag works too, and lacks the message. A program that only prepares the next one
// imports package brief in its place.
package entry

import _ "github.com/nono-sandbox/nono/core/entry/limits" // which the entry point goes on to
