// Package fdio reads and writes whole files by their descriptors. It goes round
// os.File, which would set up a poller for the one file that a program reads. The
// shim links it.
package fdio

import "golang.org/x/sys/unix"

// ReadAll reads fd to its end, or until it has more than most bytes: who sets a
// bound must look at the length of what comes back. After an error nothing does.
func ReadAll(fd, most int) ([]byte, error) {
	size := 0
	var st unix.Stat_t
	if unix.Fstat(fd, &st) == nil {
		size = int(min(st.Size, int64(most)))
	}
	// One byte more than the file has, so that its end is met without growing.
	// What tells no size, as in /proc, often has a few thousand.
	data := make([]byte, 0, max(size, 4095)+1)
	for len(data) <= most {
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		n, err := unix.Read(fd, data[len(data):cap(data)])
		switch {
		case err == unix.EINTR:
		case err != nil:
			return nil, err
		case n == 0:
			return data, nil
		default:
			data = data[:len(data)+n]
		}
	}
	return data, nil
}

// WriteAll writes all of data to fd.
func WriteAll(fd int, data []byte) error {
	for len(data) > 0 {
		n, err := unix.Write(fd, data)
		if err != nil && err != unix.EINTR {
			return err
		}
		data = data[max(n, 0):]
	}
	return nil
}
