package main

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// measureCold measures a few launches after the kernel has dropped what it remembers of
// files and directories (proc_sys_vm(5), drop_caches), which root alone can have it do.
// It slows down whatever else the machine does, so it is asked for by a flag.
func (s *stage) measureCold(rounds int, only filter) ([]*launch, error) {
	all, err := s.launches()
	if err != nil {
		return nil, err
	}
	var list []*launch
	for _, l := range all {
		switch l.Name {
		case "bare", bwrapTyped, bwrapEqual, runCarved, runPlain:
			if only(l.Name) {
				list = append(list, l)
			}
		}
	}
	for range rounds {
		for _, l := range list {
			if l.Skipped != "" {
				continue
			}
			if err := dropCaches(); err != nil {
				return nil, err
			}
			took, err := l.task.once()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", l.Name, err)
			}
			l.took = append(l.took, float64(took.Nanoseconds())/1e3)
		}
	}
	for _, l := range list {
		if l.Skipped == "" {
			l.Micros = l.took.summary()
		}
	}
	return list, nil
}

func dropCaches() error {
	unix.Sync()
	return os.WriteFile("/proc/sys/vm/drop_caches", []byte("3\n"), 0)
}
