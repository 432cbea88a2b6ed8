package supervise

import (
	"encoding/binary"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAddress(t *testing.T) {
	raw := func(family uint16, rest string) []byte {
		return append(binary.NativeEndian.AppendUint16(nil, family), rest...)
	}
	for _, c := range []struct {
		raw                      []byte
		internet, path, abstract string
		none                     bool
	}{
		{raw: raw(unix.AF_INET, "\x01\xbb\xc0\x00\x02\x01"), internet: "192.0.2.1:443"},
		{raw: raw(unix.AF_INET, "\x01\xbb\xc0\x00\x02"), none: true},
		{raw: raw(unix.AF_INET6, "\x00\x50\x00\x00\x00\x00"+strings.Repeat("\x00", 15)+"\x01"), internet: "[::1]:80"},
		{raw: raw(unix.AF_INET6, "\x00\x50"), none: true},
		{raw: raw(unix.AF_UNIX, "/run/s\x00junk"), path: "/run/s"},
		{raw: raw(unix.AF_UNIX, "s"), path: "s"},
		{raw: raw(unix.AF_UNIX, "\x00a\x00b"), abstract: "a\x00b"},
		{raw: raw(unix.AF_UNIX, ""), none: true},
		{raw: raw(unix.AF_UNSPEC, "......"), none: true},
	} {
		a, ok := addressOf(c.raw)
		internet := ""
		if a.Internet.IsValid() {
			internet = a.Internet.String()
		}
		if ok == c.none || internet != c.internet || a.Path != c.path || a.Abstract != c.abstract {
			t.Errorf("%q: %+v, %v", c.raw, a, ok)
		}
	}
}
