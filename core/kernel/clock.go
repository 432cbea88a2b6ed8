package kernel

// SecondsTo returns how many whole seconds it is to a time of BootTime's clock, and 0 where
// that is over. Of the second that has begun nothing is counted.
func SecondsTo(end int64) int64 { return max(0, end-BootTime()-1) }
