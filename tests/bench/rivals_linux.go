package main

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
)

// rivals are other sandboxes, as near to the same policy as they can come. What
// they cannot do (firejail and landlock-restrict mask no single commands here)
// is left out in their favour.
func (s *stage) rivals(plain, carved *spec.Spec) ([]*launch, error) {
	filter := s.path("bwrap.filter")
	support, err := kernel.Detect()
	if err != nil {
		return nil, err
	}
	code, err := filterCode(plain, support.ABI)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filter, code, 0o644); err != nil {
		return nil, err
	}
	var out []*launch
	same := append(bwrapSame(plain), "--seccomp", "3")
	for _, r := range []struct {
		name, program string
		args          []string
		note          string
	}{
		{bwrapShort, "bwrap", s.bwrapShort(), "/usr and /etc as a whole; no filter, no namespaces but mounts"},
		{bwrapPlain, "bwrap", same, "with the same filter; signals and IPC reach outside"},
		{bwrapCarved, "bwrap", append(slices.Clone(same), masks(carved)...), "as before"},
		{bwrapPlain + ", pid and ipc namespaces", "bwrap", append([]string{"--unshare-pid", "--unshare-ipc"}, same...), "with the same filter"},
		{"firejail", "firejail", []string{"--quiet", "--noprofile", "--nonewprivs", "--caps.drop=all", "--seccomp", "--ipc-namespace",
			"--whitelist=" + s.project}, "its own filter; system directories as they are"},
		{"landlock-restrict", "landlock-restrict", append(landlockRestrict(plain), "--"), "go-landlock's sample tool; no filter"},
		{"landrun", "landrun", append(landrun(plain), "--unrestricted-network"), "no filter"},
	} {
		l := &launch{Name: r.name, Note: r.note}
		out = append(out, l)
		program, err := s.find(r.program)
		if err != nil {
			l.Skipped = err.Error()
			continue
		}
		l.task = s.task(append(append([]string{program}, r.args...), trueProgram)...)
		if slices.Contains(r.args, "--seccomp") && r.program == "bwrap" {
			f, err := os.Open(filter)
			if err != nil {
				return nil, err
			}
			l.task.fds = []*os.File{f} // descriptor 3
		}
	}
	return out, nil
}

// typed are what a person would type in the place of nono run --allow .: everything
// may be read, the project written, and /tmp is empty. The second has each command
// masked that nono blocks, which makes it the same policy, and the third the best known.
func (s *stage) typed(carved *spec.Spec) []*launch {
	plain := []string{"--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--bind", s.project, s.project}
	blocked := blockedCommands(carved)
	var out []*launch
	for _, t := range []struct {
		name  string
		masks []string
	}{{bwrapTyped, nil}, {bwrapEqual, blocked}, {bwrapKnown, bestKnown(blocked)}} {
		l := &launch{Name: t.name}
		out = append(out, l)
		program, err := s.find("bwrap")
		if err != nil {
			l.Skipped = err.Error()
			continue
		}
		argv := append([]string{program}, plain...)
		for _, file := range t.masks {
			argv = append(argv, "--ro-bind", os.DevNull, file)
		}
		l.task = s.task(append(argv, "--", trueProgram)...)
		if t.masks != nil {
			l.Note = strconv.Itoa(len(t.masks)) + " masked"
		}
	}
	return out
}

// blockedCommands are the files that policy denies as blocked commands.
func blockedCommands(policy *spec.Spec) []string {
	var out []string
	for _, p := range policy.Paths {
		if st, err := os.Lstat(p.Path); p.By.Source == spec.BlockedCommand && err == nil && st.Mode().IsRegular() {
			out = append(out, p.Path)
		}
	}
	return out
}

// bestKnown are those of the files, twenty at most, that a person would think of.
func bestKnown(files []string) []string {
	var out []string
	for _, name := range strings.Fields("rm dd chmod chown sudo su pip pip3 scp rsync mkfs shred kill pkill killall reboot shutdown " +
		"apt apt-get dpkg mv cp systemctl crontab passwd") {
		for _, f := range files {
			if filepath.Base(f) == name && len(out) < 20 {
				out = append(out, f)
			}
		}
	}
	return out
}

// supervised is a launch with a supervisor that stays until the end.
func (s *stage) supervised() *launch {
	l := &launch{Name: "nono-run --allow ., supervised (--explain)", task: s.run([]string{"--allow", ".", "--explain"}, trueProgram)}
	if _, err := os.Stat(s.program("nono-supervise")); err != nil {
		l.Skipped = "nono-supervise is not built"
	}
	return l
}

// bwrapShort is a policy as people write it by hand.
func (s *stage) bwrapShort() []string {
	args := []string{"--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc", "--proc", "/proc", "--dev", "/dev",
		"--tmpfs", "/tmp", "--bind", s.project, s.project}
	return append(args, topLinks()...)
}

// topLinks makes /bin and its like what they are outside: symlinks, on most
// systems.
func topLinks() []string {
	var args []string
	for _, d := range []string{"/bin", "/sbin", "/lib", "/lib64", "/lib32"} {
		if target, err := os.Readlink(d); err == nil {
			args = append(args, "--symlink", target, d)
		} else if _, err := os.Stat(d); err == nil {
			args = append(args, "--ro-bind", d, d)
		}
	}
	return args
}

// bwrapSame mounts what the spec grants, path by path. What lies beneath a
// directory that is mounted in the same way needs no mount of its own.
func bwrapSame(policy *spec.Spec) []string {
	args := append([]string{"--proc", "/proc"}, topLinks()...)
	done := map[string]string{"/proc": "--ro-bind"}
	lines := slices.Clone(policy.Paths)
	slices.SortStableFunc(lines, func(a, b spec.Path) int { return strings.Compare(a.Path, b.Path) })
	for _, p := range lines {
		how := ""
		switch p.Kind {
		case spec.Read, spec.ReadFile:
			how = "--ro-bind"
		case spec.Allow, spec.AllowFile, spec.Write, spec.WriteFile:
			how = "--bind"
		case spec.Device:
			how = "--dev-bind"
		}
		if _, err := os.Stat(p.Path); how == "" || err != nil || covered(done, p.Path, how) {
			continue
		}
		done[p.Path] = how
		args = append(args, how, p.Path, p.Path)
	}
	return args
}

func covered(done map[string]string, path, how string) bool {
	for ; path != "/"; path = filepath.Dir(path) {
		if h, ok := done[path]; ok {
			return h == how
		}
	}
	return false
}

// masks puts nothing over every blocked command.
func masks(policy *spec.Spec) []string {
	var args []string
	for _, p := range policy.Paths {
		if st, err := os.Lstat(p.Path); p.Kind == spec.Deny && err == nil && st.Mode().IsRegular() {
			args = append(args, "--ro-bind", os.DevNull, p.Path)
		}
	}
	return args
}

func landlockRestrict(policy *spec.Spec) []string {
	flags := map[string][]string{}
	order := []string{"-ro", "-rofiles", "-rw", "-rwfiles"}
	for _, p := range policy.Paths {
		if _, err := os.Stat(p.Path); err != nil {
			continue
		}
		flag := map[spec.Kind]string{spec.Read: "-ro", spec.ReadFile: "-rofiles", spec.Allow: "-rw", spec.AllowFile: "-rwfiles",
			spec.Write: "-rw", spec.WriteFile: "-rwfiles", spec.Device: "-rwfiles"}[p.Kind]
		if st, err := os.Stat(p.Path); err == nil && st.IsDir() && flag == "-rwfiles" {
			flag = "-rw" // a directory of devices
		}
		flags[flag] = append(flags[flag], p.Path)
	}
	var args []string
	for _, f := range order {
		args = append(append(args, f), flags[f]...)
	}
	return args
}

func landrun(policy *spec.Spec) []string {
	var args []string
	for _, p := range policy.Paths {
		flag := map[spec.Kind]string{spec.Read: "--rox", spec.ReadFile: "--rox", spec.Allow: "--rwx", spec.AllowFile: "--rwx",
			spec.Write: "--rw", spec.WriteFile: "--rw", spec.Device: "--rw"}[p.Kind]
		if _, err := os.Stat(p.Path); flag != "" && err == nil {
			args = append(args, flag, p.Path)
		}
	}
	return args
}
