package lists

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestSources: what SOURCES.md gives a source for is in the lists, and every path of
// the agents' list has one, but for those that are told with another of the program.
func TestSources(t *testing.T) {
	text, err := os.ReadFile("SOURCES.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, goos := range systems {
		list, err := Protect(goos)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			listed[p.Path] = true
		}
	}
	var sourced []string
	quoted := regexp.MustCompile("`([^`]+)`")
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 {
			continue
		}
		for _, m := range quoted.FindAllStringSubmatch(cells[1], -1) {
			if sourced = append(sourced, m[1]); !listed[m[1]] {
				t.Errorf("SOURCES.md names %s, which is on no list", m[1])
			}
		}
	}
	agents := file{name: "protected-agents.list", text: protectedAgents}.all(t)
	without := 0
	for _, p := range agents {
		if !slices.Contains(sourced, p.Path) {
			without++
		}
	}
	if len(sourced) < 90 || without > len(agents)/3 {
		t.Errorf("%d paths have a source; %d of the agents' %d have none", len(sourced), without, len(agents))
	}
}
