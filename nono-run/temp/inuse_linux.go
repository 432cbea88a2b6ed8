package temp

import (
	"os"
	"strings"
)

// tempsInUse looks for the private temps in base that a process has in its
// environment or works in, and for the sessions that there are. A process that
// has cleared all three, as some daemons do, is not found.
func tempsInUse(base string) (inUse, error) {
	used := inUse{map[string]bool{}, map[string]bool{}}
	procs, err := os.ReadDir("/proc")
	if err != nil {
		return used, err
	}
	for _, p := range procs {
		if c := p.Name()[0]; c < '0' || c > '9' {
			continue
		}
		proc := "/proc/" + p.Name()
		if env, err := os.ReadFile(proc + "/environ"); err == nil {
			for kv := range strings.SplitSeq(string(env), "\x00") {
				if spec, ok := strings.CutPrefix(kv, "NONO_SPEC="); ok {
					used.note(base, strings.TrimSuffix(spec, ".spec"))
				}
			}
		}
		if dir, err := os.Readlink(proc + "/cwd"); err == nil {
			used.note(base, dir)
		}
		if stat, err := os.ReadFile(proc + "/stat"); err == nil {
			// The name, in parentheses, may hold anything (proc_pid_stat(5)).
			text := string(stat)
			if f := strings.Fields(text[strings.LastIndexByte(text, ')')+1:]); len(f) > 3 {
				used.sessions[f[3]] = true
			}
		}
	}
	return used, nil
}

// note has the temp in use that path is at or in.
func (u inUse) note(base, path string) {
	if rest, ok := strings.CutPrefix(path, base+"/"); ok {
		name, _, _ := strings.Cut(rest, "/")
		u.names[name] = true
	}
}
