package main

import (
	"encoding/hex"
	"os"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/credential"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/secret"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
	"github.com/nono-sandbox/nono/core/wants"
	"github.com/nono-sandbox/nono/nono-run/fetch"
	"golang.org/x/sys/unix"
)

// outside is a credential that stays outside: the command has a made-up key and the
// address of an endpoint, of which the supervisor takes the listening socket over.
type outside struct {
	credential.Request
	service *credential.Service
	token   string
	listen  int
	port    int
}

// address is the endpoint as the command names it.
func (c *outside) address() string { return "127.0.0.1:" + strconv.Itoa(c.port) }

// endpoints makes a listening socket for each credential, and lets the command connect
// to it where the network is not open as a whole.
func (o *options) endpoints(h policy.Host) ([]outside, error) {
	if len(o.Credentials) > 0 && h.GOOS != "linux" {
		return nil, &fault.Error{Do: "use --credential", Err: fault.Text("that needs Linux, not " + h.GOOS), Hint: "--secret NAME=SOURCE gives the key to the command"}
	}
	own := ""
	if len(o.Credentials) > 0 {
		own, _ = wants.ReadFile(ownServices(h))
	}
	var all []outside
	for _, r := range o.Credentials {
		c := outside{Request: r}
		var err error
		if c.service, err = credential.Find(r.Name, own); err != nil {
			return nil, err
		}
		if c.listen, c.port, err = listen(); err != nil {
			return nil, &fault.Error{Do: "listen for the credential " + r.Name, Err: err}
		}
		if c.token, err = madeUp(c.service.Like); err != nil {
			return nil, &fault.Error{Do: "make up a key for " + r.Name, Err: err}
		}
		all = append(all, c)
		o.open(&c)
	}
	return all, nil
}

// open lets the command connect to an endpoint.
func (o *options) open(c *outside) {
	o.Endpoints = true
	by := spec.Origin{Source: spec.Flag, Detail: "--credential " + c.Name}
	port := uint16(c.port)
	switch {
	case len(o.Ports) > 0 && !o.NetBlock:
		o.Ports = append(o.Ports, spec.Port{First: port, Last: port, By: by})
	case len(o.Hosts) > 0 || o.NetBlock:
		if o.NetBlock {
			o.NetBlock, o.Hosts, o.Ports = false, nil, nil // no network, but for endpoints
		}
		at, _ := reach.Parse(c.address())
		at.By = by
		o.Hosts = append(o.Hosts, at)
	}
}

// ownServices is the user's own list of services.
func ownServices(h policy.Host) string { return wants.ConfigDir(h.Env) + "/nono/services" }

// listen opens a socket on loopback that no program inherits until it is handed over.
func listen() (fd, port int, err error) {
	fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return -1, 0, err
	}
	unix.CloseOnExec(fd)
	if err = unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err == nil {
		err = unix.Listen(fd, 128)
	}
	if err != nil {
		return -1, 0, err
	}
	at, err := unix.Getsockname(fd)
	if err != nil {
		return -1, 0, err
	}
	return fd, at.(*unix.SockaddrInet4).Port, nil
}

// madeUp returns a key of 256 random bits that dies with the run.
func madeUp(like string) (string, error) {
	random := make([]byte, 32)
	if err := fill(random); err != nil {
		return "", err
	}
	return like + "nono-" + hex.EncodeToString(random), nil
}

// variables are what the command gets of the credentials, by name, and names what it
// does not get of nono's own environment.
func variables(all []outside, set map[string]string) (names []string) {
	for i := range all {
		c := &all[i]
		for _, kv := range c.service.Variables(c.token, c.address()) {
			name, value, _ := strings.Cut(kv, "=")
			set[name] = value
			names = append(names, name)
		}
		names = append(names, c.service.Key)
	}
	return names
}

// handOverCredentials puts the credentials, with their keys, into a file in memory for
// the supervisor, and has that inherit the sockets.
func (l *launch) handOverCredentials() (fd int, err error) {
	var doc []byte
	for i := range l.outside {
		c := &l.outside[i]
		g := credential.Given{Name: c.Name, Host: c.service.Host, Auth: c.service.Auth, Token: c.token,
			Key: l.keys[i], CA: l.trusted[i], Limit: c.Limit, Listen: c.listen}
		doc = g.Append(doc)
		if _, err := unix.FcntlInt(uintptr(c.listen), unix.F_SETFD, 0); err != nil {
			return -1, &fault.Error{Do: "hand the credentials over", Err: err}
		}
	}
	if fd, err = sealed(doc); err != nil {
		return -1, &fault.Error{Do: "hand the credentials over", Err: err}
	}
	return fd, nil
}

// fetchKeys gets the real keys, which no part of the command's environment has.
func (l *launch) fetchKeys(f *fetch.Fetcher) error {
	for i := range l.outside {
		c := &l.outside[i]
		key, err := c.key(f)
		if err == nil && strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
			err = &fault.Error{Do: "use the key of " + c.Name, Err: fault.Text("it has a blank, or a character that no header may have"), Hint: "check the answer of the source"}
		}
		ca := ""
		if err == nil && c.service.CA != "" {
			ca, err = f.Read(c.service.CA)
		}
		if err == nil {
			_, err = f.Unchangeable(ownServices(l.host))
		}
		if err != nil {
			return err
		}
		l.keys, l.trusted = append(l.keys, key), append(l.trusted, ca)
	}
	return nil
}

// key gets one key: from the source that is named, or from the variable that usually
// has it.
func (c *outside) key(f *fetch.Fetcher) (string, error) {
	if c.Source != "" {
		return f.Value(&secret.Secret{Name: "for the credential " + c.Name, Source: c.Source, Query: c.Query})
	}
	value := ""
	if c.service.Key != "" {
		value = os.Getenv(c.service.Key)
	}
	if value == "" {
		where := "its service has no usual variable"
		if c.service.Key != "" {
			where = "the variable " + c.service.Key + " is not set"
		}
		return "", &fault.Error{Do: "find the key of " + c.Name, Err: fault.Text(where), Hint: "--credential " + c.Name + "=pass:ENTRY, or another source"}
	}
	return value, nil
}

// credentialSummary names what stays outside.
func (l *launch) credentialSummary() string {
	text := ""
	for i := range l.outside {
		c := &l.outside[i]
		from := c.Source
		if from == "" {
			from = c.service.Key
		}
		text += "credential " + c.Name + ": the key from " + printable(from) + " stays outside, for " + c.service.Host + " alone"
		if limit := c.Limit.String(); limit != "" {
			text += ", at most " + limit
		}
		text += "\n"
	}
	return text
}
