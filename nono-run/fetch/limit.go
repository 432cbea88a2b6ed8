package fetch

import "golang.org/x/sys/unix"

// limitCore lowers the limit of core dumps, never the most that it may be raised to.
func limitCore(to uint64) error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil {
		return err
	}
	limit.Cur = min(to, limit.Max)
	return unix.Setrlimit(unix.RLIMIT_CORE, &limit)
}
