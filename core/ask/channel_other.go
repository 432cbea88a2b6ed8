//go:build !linux

package ask

import "github.com/nono-sandbox/nono/core/fault"

// errNone is what everything here says: only Linux has the supervisor that asks.
const errNone = fault.Text("only Linux has the supervisor that asks")

// Directory is where the channels of a user's supervisors would be.
func Directory() (string, error) { return "", errNone }

// A Server takes in those who may answer.
type Server struct{}

// Listen makes a channel.
func Listen() (*Server, error) { return nil, errNone }

// Path is the channel's socket.
func (s *Server) Path() string { return "" }

// Close takes the channel away.
func (s *Server) Close() {}

// Accept waits for the next who may answer.
func (s *Server) Accept(func(error)) (*Conn, error) { return nil, errNone }

// Runs are the channels that are open.
func Runs() ([]string, error) { return nil, errNone }

// Dial connects to a channel.
func Dial(string) (*Conn, error) { return nil, errNone }
