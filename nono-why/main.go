// Command nono-why says what a sandbox would allow, and why.
package main

import (
	"os"

	"github.com/nono-sandbox/nono/core/version"
)

func main() {
	os.Stdout.WriteString("nono-why " + version.String() + "\n")
}
