package kernel

import "testing"

func TestDetect(t *testing.T) {
	s, err := Detect()
	switch {
	case err != nil:
		if s != (Support{}) || err != ErrMissing && err != ErrDisabled && err != ErrBlocked {
			t.Errorf("%+v and %v", s, err)
		}
	case s.ABI < MinABI:
		t.Errorf("%+v without an error", s)
	}
	t.Logf("%+v, %v", s, err)
	lower = "0"
	defer func() { lower = "" }()
	if s, err := Detect(); err == nil || s != (Support{}) {
		t.Errorf("with Landlock hidden: %+v, %v", s, err)
	}
}
