// Package seatbelt turns a spec into a profile for Seatbelt, the sandbox of
// macOS, in its language SBPL. It is pure: it opens no file, asks no kernel and
// gives the same text on every system.
//
// # What the profile means
//
// A class of operations is granted at a path if the deepest line that speaks of
// it there is a grant; a deny and a grant at the same path are a grant. That is
// the rule of the spec, that a grant holds unless a deny lies strictly beneath
// it and at or above the path, put so that a language in which the last
// matching rule wins can say it: the profile has the lines in order of depth.
// Decision is the same rule as a function, for those who explain it.
//
// Seatbelt has denies, so nothing is carved: beside a denied path one can list
// and create. One thing is lost there as on Linux. A directory on the way from
// a grant to a deny cannot be made, replaced, moved or removed, since Seatbelt
// goes by paths and moving it would move the denied path away. The directory
// that a grant names cannot either: the grant is of what lies beneath.
//
// # What the kernel compares
//
// Seatbelt compares the kernel's own path of a thing that exists: symlinks
// followed, in the spelling that is on disk. Lines are therefore read through
// canonical: /tmp, /var and /etc are beneath /private, and what
// /System/Volumes/Data shows of a firmlinked directory is that directory. Rules
// name both spellings where that can matter.
//
// What does not exist yet is compared as it was typed, and the usual volume of
// macOS takes ~/.SSH for ~/.ssh. So where names can be made, by the command or,
// anywhere but on the system's own volume, by a user later, a deny is said
// twice: as a path, and as a regular expression that takes either case, and any
// bytes that are not ASCII where Unicode has another spelling of a letter. It
// then denies somewhat more than the path. A grant is said once, exactly: a
// wrong spelling grants nothing. Names that differ by characters which only HFS+
// ignores are not covered.
//
// Whoever makes the spec must therefore spell what exists as the disk does
// (fcntl F_GETPATH), grants and denies alike.
//
// # Running under it
//
// /usr/bin/sandbox-exec -p PROFILE COMMAND ... applies the profile to itself and
// executes COMMAND, which inherits it for good. It exits with 65 if the profile
// is refused and with 71 if the command cannot be executed. What it runs gets
// the path it was given as argv[0]. A process that is in a sandbox already
// cannot enter another: sandbox-exec fails, and nothing runs.
//
// # What is not known
//
// There is no published reference for SBPL. SOURCES.md has each fact this
// package rests on and where it is from. None of them was verified on a Mac by
// this project; the tests for darwin do it where there is one.
package seatbelt
