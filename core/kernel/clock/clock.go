// Package clock is the clock by which grants end: seconds since the system started, which
// nobody can set.
package clock

// SecondsTo returns how many whole seconds it is to a time of Boot's clock, and 0 where
// that is over. Of the second that has begun nothing is counted.
func SecondsTo(end int64) int64 { return max(0, end-Boot()-1) }
