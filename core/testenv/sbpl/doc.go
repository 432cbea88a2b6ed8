// Package sbpl reads profiles of Seatbelt, the sandbox of macOS, and says what
// they decide. It is for tests, which have no Mac at hand: core/seatbelt writes
// profiles, and this package, which shares nothing with it, reads them.
//
// It knows the forms of SBPL that profiles in use have, and the names of
// operations and filters that its tables list. Everything else is an error, as
// an unbound variable is for Apple's compiler, which then refuses the whole
// profile. What it believes about deciding is in core/seatbelt/SOURCES.md, with
// who measured it; facts_test.go has one test for each.
package sbpl
