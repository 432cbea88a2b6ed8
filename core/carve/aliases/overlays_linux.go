package aliases

import (
	"bytes"
	"strings"

	"github.com/nono-sandbox/nono/core/mountinfo"
)

// layers returns the directories whose files the overlay in a line of the table shows,
// the upper one first, as they were named when it was mounted
// (Documentation/filesystems/overlayfs.rst), or the one that a FUSE file system shows;
// none where it is neither.
func layers(line []byte) []string {
	_, rest, ok := bytes.Cut(line, []byte(" - overlay "))
	if !ok {
		return fuseSource(line)
	}
	_, options, _ := bytes.Cut(bytes.TrimRight(rest, "\n"), []byte{' '})
	var upper, lower []string
	for option := range strings.SplitSeq(mountinfo.Unescape(options), ",") {
		name, value, _ := strings.Cut(option, "=")
		switch name {
		case "upperdir":
			upper = append(upper, value)
		case "lowerdir", "lowerdir+", "datadir+":
			lower = append(lower, strings.Split(value, ":")...)
		}
	}
	return append(upper, lower...)
}

// layersOf returns the layers of every overlay in the table, and of what is like one, by
// the number of its mount.
func layersOf(table []byte) map[string][]string {
	found := map[string][]string{}
	if !bytes.Contains(table, []byte(" - overlay ")) && !bytes.Contains(table, []byte(" - fuse")) {
		return found
	}
	for line := range bytes.Lines(table) {
		if dirs := layers(line); len(dirs) > 0 {
			id, _, _ := bytes.Cut(line, []byte{' '})
			found[string(id)] = dirs
		}
	}
	return found
}
