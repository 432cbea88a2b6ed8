// Package tests holds what is tested from the outside, with the built programs
// on the running kernel. NONO_LONG=1 adds what takes minutes; NONO_TABLE=FILE
// has the table of doors written to a file.
package tests
