package aliases

import (
	"slices"
	"testing"
)

func TestFUSE(t *testing.T) {
	for line, want := range map[string][]string{
		"90 28 0:55 / /home/u/project/view rw,nosuid - fuse /home/u/my\\040keys rw,user_id=1000\n":     {"/home/u/my keys"},
		"90 28 0:55 / /home/u/project/view rw,nosuid shared:5 - fuse.bindfs /home/u rw,user_id=1000\n": nil, // it lies in what it shows
		"90 28 0:55 / /home/u2/view rw,nosuid shared:5 - fuse.bindfs /home/u rw,user_id=1000\n":        {"/home/u"},
		"90 28 0:55 / /home/u/remote rw,nosuid - fuse.sshfs u@host:/home/u rw,user_id=1000\n":          nil,
		"90 28 0:55 / /run/user/1000/doc rw,nosuid - fuse.portal portal rw,user_id=1000\n":             nil,
		"90 28 8:17 / /media/disk rw,nosuid - fuseblk /dev/sdb1 rw,user_id=0\n":                        nil,
		"90 28 8:17 / /home/u/project/view rw,nosuid - ext4 /dev/sdb1 rw\n":                            nil,
		"90 28 0:55 / /home/u/project/view rw,nosuid - fuse":                                           nil,
	} {
		var got []string
		for _, dirs := range layersOf([]byte(line)) {
			got = dirs
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
