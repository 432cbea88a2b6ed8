package core_test

import (
	"fmt"
	"log"

	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec/document"
)

// A spec is made from text, asked about, and printed again. docs/library.md shows it.
func Example() {
	s, err := document.Parse([]byte(`nono-spec 1
read  /usr by "programs and libraries"
allow /tmp by "scratch"
deny  /tmp/nono-example/keys by "keys"
net block
unix-sockets block
rmdir block
`))
	if err != nil {
		log.Fatal(err)
	}
	asker, err := query.New(s, 7, "/tmp") // for Landlock ABI 7
	if err != nil {
		log.Fatal(err)
	}
	for _, path := range []string{"/tmp/nono-example/notes", "/tmp/nono-example/keys/id", "/etc/passwd"} {
		v := asker.Ask(query.Question{Op: query.Write, Path: path})
		fmt.Println(path, v.Status, v.Reason)
	}
	fmt.Println(query.Network(s, 7, "example.com", 443, "tcp").Status)
	fmt.Printf("%d lines about paths\n", len(s.Paths))
	// Output:
	// /tmp/nono-example/notes denied chain_directory
	// /tmp/nono-example/keys/id denied sensitive_path
	// /etc/passwd denied not_in_allowed_paths
	// denied
	// 3 lines about paths
}
