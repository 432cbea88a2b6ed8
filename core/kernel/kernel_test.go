package kernel

import "testing"

// One line for each ABI, as the kernel's own list of them has it
// (Documentation/userspace-api/landlock.rst; the bits are those of linux/landlock.h).
func TestVersions(t *testing.T) {
	want := []struct {
		linux          string
		fs, net, scope uint64 // all that it knows
	}{
		{"", 0, 0, 0},
		{"5.13", 0x1fff, 0, 0},
		{"5.19", 0x3fff, 0, 0},
		{"6.2", 0x7fff, 0, 0},
		{"6.7", 0x7fff, 3, 0},
		{"6.10", 0xffff, 3, 0},
		{"6.12", 0xffff, 3, 3},
		{"6.15", 0xffff, 3, 3},
		{"7.0", 0xffff, 3, 3},
		{"7.1", 0x1ffff, 3, 3},
		{"", 0x1ffff, 15, 3},
	}
	if LatestABI != len(want)-1 {
		t.Fatalf("there are %d ABIs, and %d are tested", LatestABI, len(want)-1)
	}
	for abi, w := range want {
		fs, net, scope := Handled(abi)
		if v := ByABI(abi); v.Linux != w.linux || fs != w.fs || net != w.net || scope != w.scope {
			t.Errorf("ABI %d: Linux %q, rights %#x, %#x, %#x; want %+v", abi, v.Linux, fs, net, scope, w)
		}
	}
	for _, abi := range []int{-1, LatestABI + 1, 99} {
		if v := ByABI(abi); v != (Version{}) {
			t.Errorf("ABI %d: %+v", abi, v)
		}
	}
	if fs, net, scope := Handled(99); fs != 0x1ffff || net != 15 || scope != 3 {
		t.Errorf("of a later kernel: %#x, %#x, %#x", fs, net, scope)
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
