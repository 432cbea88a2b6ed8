package race

import (
	"path/filepath"
	"strings"
	"testing"
)

// realPaths resolves the system paths of a document, some of which are symlinks
// on most systems.
func realPaths(t *testing.T, doc string) string {
	t.Helper()
	var lines []string
	for line := range strings.Lines(doc) {
		word, path, ok := strings.Cut(strings.TrimSpace(line), "? ")
		if ok && strings.HasPrefix(path, "/lib") {
			real, err := filepath.EvalSymlinks(path)
			if err != nil {
				continue
			}
			line = word + "? " + real + "\n"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "")
}
