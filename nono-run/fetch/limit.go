package fetch

import "golang.org/x/sys/unix"

// limitCore lowers the limit of core dumps, never the most that it may be raised to.
func limitCore(to uint64) error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil {
		return err
	}
	lower(&limit.Cur, to, limit.Max)
	return unix.Setrlimit(unix.RLIMIT_CORE, &limit)
}

// lower sets a limit, which some systems keep with a sign.
func lower[T int64 | uint64](limit *T, to uint64, most T) { *limit = min(T(to), most) }
