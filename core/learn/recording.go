// Package learn makes a profile of what a command was seen to use.
//
// It is pure: what lies on the disk, what is protected and what every sandbox has
// anyway, the caller tells. A profile made here never grants /, a home or a directory
// above one, and nothing that is protected or has something protected beneath.
package learn

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// A Recording is what a supervisor has seen of one run. All of it is what processes
// of the command claimed, which can be anything.
type Recording struct {
	Uses     []Use     `json:"uses"`
	Programs []Program `json:"programs"`
	Sockets  []Socket  `json:"sockets"`
	// Network tells that a socket was asked for that is not a Unix socket.
	Network bool `json:"network"`
	// Hosts are what was connected to, where HostsKnown: then the supervisor has made every
	// connection, and knows the names.
	Hosts      []Host `json:"hosts,omitempty"`
	HostsKnown bool   `json:"hosts_known,omitempty"`
	// More counts the paths beyond what is kept.
	More int `json:"more"`
}

// Op is what is done at a path.
type Op string

// The operations. Create and what follows happen in the directory that the path is in.
const (
	Read    Op = "read"   // open a file or directory to read
	Execute Op = "run"    // start a program, or load it as another's interpreter
	Write   Op = "write"  // open a file that is there to write
	Create  Op = "create" // make, rename or link to this name
	Remove  Op = "remove" // remove a file, or rename it away
	Mkdir   Op = "mkdir"
	Rmdir   Op = "rmdir" // remove a directory, or rename it
)

// A Use is one operation on one path, which is free of symlinks, however often.
type Use struct {
	Op    Op   `json:"op"`
	Path  Text `json:"path"`
	Dir   bool `json:"dir,omitempty"` // a directory is there
	Times int  `json:"times"`
}

// A Program is one that was started, with its first words.
type Program struct {
	File  Text   `json:"file"`
	Words []Text `json:"words"`
	Times int    `json:"times"`
}

// A Socket is an address that was connected to, or a Unix socket that was given a name.
type Socket struct {
	Address Text `json:"address"`
	Made    bool `json:"made,omitempty"`
	Times   int  `json:"times"`
}

// A Host is one that was connected to, or, with Refused, was not.
type Host struct {
	// Name is its name, or its address where no name was looked up.
	Name Text   `json:"name"`
	Port uint16 `json:"port"`
	// Private is the private address to which the name led, or "".
	Private string `json:"private,omitempty"`
	// Refused is why the connection was not made, and Flag what would allow it.
	Refused string `json:"refused,omitempty"`
	Flag    string `json:"flag,omitempty"`
	Times   int    `json:"times"`
}

// Text holds any bytes, as paths and arguments do. In JSON, what is no UTF-8 or begins
// with a quote is quoted as Go quotes a string.
type Text string

// MarshalJSON never fails.
func (t Text) MarshalJSON() ([]byte, error) {
	if s := string(t); !utf8.ValidString(s) || s != "" && s[0] == '"' {
		return json.Marshal(strconv.QuoteToASCII(s))
	}
	return json.Marshal(string(t))
}

// UnmarshalJSON is the reverse of MarshalJSON.
func (t *Text) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	if s != "" && s[0] == '"' {
		plain, err := strconv.Unquote(s)
		if err != nil {
			return err
		}
		s = plain
	}
	*t = Text(s)
	return nil
}
