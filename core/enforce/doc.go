// Package enforce puts the process into the sandbox of a spec, and executes the command
// there. After an error it does not go on: it keeps every promise, or the command does not
// run.
package enforce
