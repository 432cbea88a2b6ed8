package agents

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// refusals are what agents try and are refused in a conversation, and why that
// is right. What else is refused fails the test: then a profile lacks something,
// or an agent has learned something new.
var refusals = []struct{ what, why string }{
	{`HOME/\.ssh/.*`, "the model asked for it: this is what the sandbox is for"},
	{`HOME/(CLAUDE|AGENTS|GEMINI|CONTEXT)(\.local)?\.md`, "instructions above the project, in a home that was not granted"},
	{`HOME/\.(env|netrc|npmrc|bashrc|profile|bash_profile|bash_login)`, "secrets and shell start-up files"},
	{`HOME/?`, "listing the home"},
	{`(/|/tmp|/home)/?`, "listing what is above the home"},
	{`HOME/\.claude\.json\.(tmp|lock).*`, "claude replaces the file by another one beside it, then writes the file itself"},
	{`HOME/\.npm`, "opencode fetches plug-ins through npm's cache: --profile node"},
	{`HOME/\.config/opencode/(opencode\.json|\.gitignore)`, "opencode's configuration is read-only, unless --temp grants it"},
	{`/etc/machine-id|/var/lib/dbus/machine-id`, "it identifies the machine"},
	{`/proc/\d+/(environ|cwd)`, "other processes' environment and directory: qwen, continue and copilot look for an editor, or for others of their own"},
	{`HOME/\.cache/Microsoft`, "copilot's telemetry keeps an identifier there"},
	{`/.*/qwen-code/vendor/ripgrep/.*/rg`, "its package has made no program of it: it does not start outside either"},
	{`/tmp/openclaw`, "openclaw's shared temp: it uses the private one then"},
	{`/tmp/codex-daemon-\d+`, "codex's daemon would outlive the sandbox, or be one from outside"},
	{`/proc/.*oom_score_adj`, "the standing with the kernel's out-of-memory killer"},
	{`AF_[A-Z]+`, "sockets to processes outside"},
	{`PREFIX.*`, "the directory above the packages: npm's prefix, as linked from the home, is granted, not where the link lies"},
}

var (
	refusedCall = regexp.MustCompile(`= -1 E(ACCES|PERM|XDEV)\b`)
	directory   = regexp.MustCompile(`^[^"]*\((?:AT_FDCWD|\d+)<([^>"]*)>, "`) // of openat(2) and its like
	firstPath   = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
	family      = regexp.MustCompile(`socket\((AF_[A-Z]+)`)
)

// traced puts strace before words, to see what is refused.
func (a agent) traced(w *world, words []string) []string {
	w.t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		w.t.Fatal("strace is missing: packaging/setup installs it")
	}
	flags := []string{"-f", "-y", "-o", w.path("trace"), "-e", "trace=file,network", "-e", "status=failed"}
	if a.dear() > 0 {
		// Stops at these calls alone, so it costs little; what a filter refuses, such as
		// sockets, is not seen then.
		flags = append(flags, "--seccomp-bpf")
	}
	return slices.Concat([]string{strace}, flags, words)
}

// judge looks at each refusal that was traced: there is a reason for it.
func (w *world) judge() {
	w.t.Helper()
	reasons := map[string]int{}
	for line := range strings.SplitSeq(w.text("trace"), "\n") {
		if !refusedCall.MatchString(line) {
			continue
		}
		what := w.refused(line)
		i := slices.IndexFunc(refusals, func(r struct{ what, why string }) bool {
			return regexp.MustCompile(`^(?:` + r.what + `)$`).MatchString(what)
		})
		if i < 0 {
			w.t.Errorf("refused, and nobody has said why: %s", line)
			continue
		}
		reasons[refusals[i].what+": "+refusals[i].why]++
	}
	if !strings.Contains(w.text("trace"), "= -1 ENOENT") {
		w.t.Error("nothing has failed at all: was it traced?")
	}
	for what, n := range reasons {
		w.t.Logf("%3d times %s", n, what)
	}
}

// refused names what a line of the trace was about.
func (w *world) refused(line string) string {
	if m := family.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	m := firstPath.FindStringSubmatch(line)
	if m == nil {
		return line
	}
	path := m[1]
	if dir := directory.FindStringSubmatch(line); dir != nil && !filepath.IsAbs(path) {
		path = filepath.Join(dir[1], path)
	} else if !filepath.IsAbs(path) {
		path = filepath.Join(w.project, path)
	}
	if rest, ok := strings.CutPrefix(path, w.home); ok && (rest == "" || rest[0] == '/') {
		return "HOME" + rest
	}
	if above := filepath.Clean(path); above != "/tmp" && strings.HasPrefix(prefix(), above+"/") {
		return "PREFIX"
	}
	if strings.HasPrefix(path, filepath.Dir(prefix())) && !strings.HasPrefix(path, prefix()+"/lib/") && filepath.Dir(prefix()) != "/tmp" {
		return "PREFIX"
	}
	return path
}
