// Package enforce puts the process into the sandbox that a spec describes and
// starts the command there. Nothing in it logs an error and goes on: a promise
// is kept, or the command does not run.
package enforce
