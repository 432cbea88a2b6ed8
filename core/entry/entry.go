// Package entry says in nono's own words, with nono's own exit status, that a
// program cannot start because memory is limited (ulimit -v, ulimit -d). Go's
// start-up, before any Go code runs, prints a trace there and ends with status 2,
// which would say that the command line is wrong.
//
// A program that imports it has the symbol _nono_entry, which the build makes the
// entry point of the program (the linker's flag -E, on Linux). It looks at two
// limits and goes on to Go's own entry point. A build without that flag works too,
// and lacks the message.
package entry
