package kernel

import "testing"

func TestFirstKernel(t *testing.T) {
	for abi, want := range map[int]string{-1: "", 0: "", 1: "5.13", 2: "5.19", 3: "6.2", 4: "6.7", 5: "6.10", 6: "6.12", 7: "6.15", 8: "7.0", 9: "7.1", 99: ""} {
		if got := FirstKernel(abi); got != want {
			t.Errorf("ABI %d: %q, want %q", abi, got, want)
		}
	}
}

// The knob of tests makes a kernel older, never newer.
func TestLowered(t *testing.T) {
	defer func() { lower = "" }()
	for _, c := range []struct {
		knob      string
		abi, want int
	}{{"", 7, 7}, {"3", 7, 3}, {"0", 7, 0}, {"7", 7, 7}, {"9", 7, 7}, {"x", 7, 7}, {"3", 1, 1}} {
		if lower = c.knob; lowered(c.abi) != c.want {
			t.Errorf("%q makes %d of %d, want %d", c.knob, lowered(c.abi), c.abi, c.want)
		}
	}
}
