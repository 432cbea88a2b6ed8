package seatbelt

import (
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
)

// data is where the volume is mounted that firmlinks on / lead into.
const data = "/System/Volumes/Data"

// firmlinks lists the directories that the kernel shows at / and not beneath
// data, as in /usr/share/firmlinks.
var firmlinks = [...]string{
	"/AppleInternal", "/Applications", "/Library", "/Users", "/Volumes",
	"/cores", "/opt", "/private", "/usr/local", "/usr/libexec/cups", "/usr/share/snmp",
	"/System/Library/Assets", "/System/Library/AssetsV2", "/System/Library/Caches",
	"/System/Library/CoreServices/CoreTypes.bundle/Contents/Library",
	"/System/Library/PreinstalledAssets", "/System/Library/PreinstalledAssetsV2",
	"/System/Library/Speech",
}

// privates lists the symlinks on / that lead to the same name beneath /private.
var privates = [...]string{"/etc", "/tmp", "/var"}

// canonical returns the kernel's own path for path, as far as every Mac has the
// same links.
func canonical(path string) string {
	if spec.Beneath(path, data) && firmlinked(path[len(data):]) {
		path = path[len(data):]
	}
	for _, link := range privates {
		if path == link || spec.Beneath(path, link) {
			return "/private" + path
		}
	}
	return path
}

func firmlinked(path string) bool {
	for _, link := range firmlinks {
		if path == link || spec.Beneath(path, link) {
			return true
		}
	}
	return false
}

// spellings returns a canonical path and, where a symlink on / leads to it, the
// way through that. The kernel is not known to compare the latter; rules name
// both so as not to depend on it.
func spellings(path string) []string {
	if short, ok := strings.CutPrefix(path, "/private"); ok && canonical(short) == path {
		return []string{path, short}
	}
	return []string{path}
}

// onVolume returns the spelling of a canonical path that has data where
// spellings have not, or the reverse: macOS 11 and 12 lose the prefix of what no
// firmlink leads to. It is "" for a path on the system's own volume.
func onVolume(path string) string {
	switch {
	case firmlinked(path):
		return data + path
	case spec.Beneath(path, data):
		return path[len(data):]
	}
	return ""
}

// depth returns how many names path has; 0 for "/".
func depth(path string) int {
	if path == "/" {
		return 0
	}
	return strings.Count(path, "/")
}

// names splits off path's first n names: "/a/b/c", 2 is "/a/b" and "/c".
func names(path string, n int) (head, tail string) {
	if path == "/" {
		return "", ""
	}
	end := 0
	for ; n > 0 && end < len(path); n-- {
		if i := strings.IndexByte(path[end+1:], '/'); i >= 0 {
			end += 1 + i
		} else {
			end = len(path)
		}
	}
	return path[:end], path[end:]
}

// equalFold reports whether two paths are the same but for case.
func equalFold(a, b string) bool { return depth(a) == depth(b) && strings.EqualFold(a, b) }

// beneathFold reports whether path lies strictly beneath dir but for case.
func beneathFold(path, dir string) bool {
	n := depth(dir)
	if depth(path) <= n {
		return false
	}
	head, _ := names(path, n)
	return n == 0 || strings.EqualFold(head, dir)
}
