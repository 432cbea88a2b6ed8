// Package limits is what every entry point of nono's programs goes on to: it says
// in nono's own words, with nono's own exit status, that a program cannot start
// because memory is limited (ulimit -v, ulimit -d). Go's start-up, before any Go
// code runs, prints a trace there and ends with status 2, which would say that the
// command line is wrong.
//
// Its symbol _nono_limits looks at two limits and goes on to Go's own entry point.
package limits
