package aliases

import (
	"bytes"
	"strings"

	"github.com/nono-sandbox/nono/core/mountinfo"
)

// fuseSource returns the directory that a FUSE file system in a line of the table says that it
// shows, as bindfs does: its source is then an absolute path. Others show another
// content, so that a name in it means nothing for them, or do not say what they show
// (sshfs, mergerfs, fuse-overlayfs). One that lies in what it shows gives everything names
// without end, and whoever follows them may wait for ever: it is left out.
func fuseSource(line []byte) []string {
	head, rest, _ := bytes.Cut(line, []byte(" - "))
	kind, rest, _ := bytes.Cut(rest, []byte{' '})
	from, _, _ := bytes.Cut(rest, []byte{' '})
	where := bytes.SplitN(head, []byte{' '}, 6)
	if k := string(kind); k != "fuse" && !strings.HasPrefix(k, "fuse.") || len(from) < 2 || from[0] != '/' || len(where) < 6 {
		return nil
	}
	source, at := mountinfo.Unescape(from), mountinfo.Unescape(where[4])
	if strings.HasPrefix(at+"/", source+"/") {
		return nil
	}
	return []string{source}
}
