package hosts

import (
	"io"
	"log"
	"net"
	"sync"
)

// nothing is for messages of net/http, which would go to the command's terminal.
var nothing = log.New(io.Discard, "", 0)

// oneConn is a listener that yields one connection, and ends when that one does.
type oneConn struct {
	conn net.Conn
	once sync.Once
	end  sync.Once
	done chan struct{}
}

func (o *oneConn) Accept() (c net.Conn, err error) {
	o.once.Do(func() { c = o.conn })
	if c != nil {
		return c, nil
	}
	<-o.done
	return nil, net.ErrClosed
}

func (o *oneConn) finish() { o.end.Do(func() { close(o.done) }) }

func (o *oneConn) Close() error   { return nil }
func (o *oneConn) Addr() net.Addr { return o.conn.LocalAddr() }
