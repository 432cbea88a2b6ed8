package brief

// What the entry point compares and sets.
const (
	//lint:ignore U1000 assembly reads it
	longSlack = 10_000_000 // nanoseconds: Go's watching thread sleeps no longer than that when it has nothing to do
	//lint:ignore U1000 assembly reads it
	name = 0x4f525058414d4f47 // "GOMAXPRO", as a little-endian number
	//lint:ignore U1000 assembly reads it
	nameEnd = 0x5343 // "CS"
)
