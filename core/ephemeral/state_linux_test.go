package ephemeral

import "testing"

// TestStateInTheProject: a store that the environment has moved to where an earlier run
// could have made it is not used.
func TestStateInTheProject(t *testing.T) {
	top := t.TempDir()
	t.Chdir(top)
	for state, used := range map[string]bool{"/elsewhere/state": true, top + "/.state": false, "": true} {
		if dir, err := DefaultDir(state, "/home/nobody"); used != (err == nil) {
			t.Errorf("%q: %q, %v", state, dir, err)
		}
		if dir, err := InPlaceDir(state, "/home/nobody"); used != (err == nil) {
			t.Errorf("%q: %q, %v", state, dir, err)
		}
	}
}
