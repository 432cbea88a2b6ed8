package supervise

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
)

// ending holds grants of hosts that end to what is said of them: afterwards nothing
// connects there, and what is open stays open.
func (w internet) ending(t *testing.T, u testenv.User) {
	_, run := w.runner(t, u)
	var all sync.WaitGroup // most of their time they wait
	defer all.Wait()
	once := func(flags, ask, want string) {
		got := ""
		// Where the machine is so slow that the time is over at the first connection,
		// a longer time is tried.
		for seconds := 2; seconds < 100; seconds *= 2 {
			flags := strings.ReplaceAll(flags, "%s", fmt.Sprintf("%ds", seconds))
			if got = run(append([]string{"--silent"}, strings.Fields(flags)...), strings.Fields(ask)...); !strings.Contains(got, "too late") {
				break
			}
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s, %s: %q, want %q", flags, ask, got, want)
		}
	}
	for _, c := range []struct{ flags, ask, want string }{
		{"--host good.example:%s", "outlast good.example:8080", "then no such host, open 200"},
		{"--host good.example:443:%s --host other.example", "outlast good.example:443", "then no such host, open closed"},
		{"--host 203.0.113.1:8080:%s", "outlast 203.0.113.1:8080", "then permission denied, open 200"},
		{"--host *.pkg.example:%s --host api.pkg.example:81", "outlast api.pkg.example:8080", "then permission denied, open 200"},
		{"--host good.example:%s --host good.example", "get http://good.example:8080/", "203.0.113.1:8080"},
		{"--host good.example:%s --deny-host 203.0.113.1", "get http://good.example:8080/", "no such host"},
	} {
		all.Go(func() { once(c.flags, c.ask, c.want) })
	}
}

// outlast connects until that is refused, and says how, and whether what was open before
// still is.
func outlast(to string) error {
	open, err := net.Dial("tcp", to)
	if err != nil {
		fmt.Print("too late")
		return err
	}
	for err == nil {
		var c net.Conn
		if c, err = net.Dial("tcp", to); err == nil {
			c.Close()
			time.Sleep(50 * time.Millisecond)
		}
	}
	said := err.Error()
	for _, known := range []string{"no such host", "permission denied"} {
		if strings.Contains(said, known) {
			fmt.Print("then ", known)
			err = nil
		}
	}
	fmt.Fprintf(open, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", strings.Split(to, ":")[0])
	if a, broken := http.ReadResponse(bufio.NewReader(open), nil); broken != nil {
		fmt.Print(", open closed") // on port 443 this is no TLS
	} else {
		fmt.Print(", open ", a.StatusCode)
	}
	return err
}

// visit connects to one place after the other.
func visit(all []string) error {
	for _, to := range all {
		switch c, err := net.Dial("tcp", to); {
		case err == nil:
			c.Close()
			fmt.Print("open ")
		case strings.Contains(err.Error(), "refused"):
			fmt.Print("closed ")
		case strings.Contains(err.Error(), "permission denied"):
			fmt.Print("shut ")
		default:
			return err
		}
	}
	return nil
}
