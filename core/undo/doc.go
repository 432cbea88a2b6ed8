// Package undo keeps what a command changed in place from being lost: the journal of
// a run with --undo, and the way back.
//
// The supervisor makes every change in the command's place, and before each it writes
// into the journal what the change would lose: the content and the metadata of a file
// at its first change, and every name that is made, removed or renamed. What was made
// by the run itself is never saved.
//
// A Journal writes. A History reads: it plays the names through and knows of each thing
// where it was before the run and where it is after it. Changes lists these, and Undo
// brings each thing from where the run left it to where it was.
//
// A path in a journal is free of symlinks, and nothing here follows one.
package undo
