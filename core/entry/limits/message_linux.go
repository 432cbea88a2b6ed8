package limits

// What Go 1.26 needs to start reliably, in bytes. Below 800 MB of address space
// it never starts, and around 1.2 GB it does not either: it reserves large ranges
// and takes more of them where it gets them (runtime/mpagealloc_64bit.go). Of data
// it takes 64 MB at once, and nono-run up to 76 MB. What is missing here would end in a trace.
const (
	//lint:ignore U1000 assembly reads it
	leastAddressSpace = 1300 << 20
	//lint:ignore U1000 assembly reads it
	leastData = 96 << 20
)

// What stands on standard error. The entry point is in assembly and reads these:
// they lie in the file as they are here.
var (
	//lint:ignore U1000 assembly reads it
	fewAddressSpace = "nono: error: cannot start: less than 1.3 GiB of address space is allowed\n" +
		"nono: hint: ulimit -v 1400000 raises the limit\n"
	//lint:ignore U1000 assembly reads it
	fewData = "nono: error: cannot start: less than 96 MiB of data is allowed\n" +
		"nono: hint: ulimit -d 98304 raises the limit\n"
)
