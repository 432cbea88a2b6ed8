package main

import (
	"os"
	"path/filepath"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/credential"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fdio"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise/endpoint"
	"github.com/nono-sandbox/nono/core/supervise/hosts"
	"golang.org/x/sys/unix"
)

// mostHandedOver bounds what nono-run hands over: a few keys and certificates.
const mostHandedOver = 16 << 20

// endpoints serves the credentials that stay outside. Their descriptors, and the keys,
// are gone before the command starts.
func (o *options) endpoints(tell func(audit.Event)) ([]*endpoint.Endpoint, error) {
	if o.credentials == 0 {
		return nil, nil
	}
	given, err := o.givenCredentials(unix.FD_CLOEXEC)
	unix.Close(o.credentials)
	if err != nil {
		return nil, err
	}
	var all []*endpoint.Endpoint
	for _, g := range given {
		e, err := endpoint.New(g, tell)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// givenCredentials reads what nono-run hands over, and sets the flags of its descriptors
// (F_SETFD): whether a program that is started from here on gets the keys and sockets.
func (o *options) givenCredentials(flags int) ([]credential.Given, error) {
	doc, err := fdio.ReadAll(o.credentials, mostHandedOver)
	if err == nil {
		_, err = unix.Seek(o.credentials, 0, 0)
	}
	if err != nil {
		return nil, &fault.Error{Do: "read the credentials handed over", Err: err}
	}
	given, err := credential.ParseGiven(string(doc))
	clear(doc)
	if err != nil {
		return nil, err
	}
	fds := []int{o.credentials}
	for i := range given {
		fds = append(fds, given[i].Listen)
	}
	for _, fd := range fds {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, flags); err != nil {
			return nil, &fault.Error{Do: "keep the credentials to this process", Err: err}
		}
	}
	return given, nil
}

// certificates are where systems keep those that TLS is checked against, as crypto/x509
// looks for them, and where their symlinks lead.
var certificates = [...]string{"/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/etc/certs", "/usr/share/ca-certificates",
	"/usr/local/share/ca-certificates", "/usr/local/share/certs", "/var/lib/ca-certificates", "/usr/share/pki", "/etc/static/ssl", "/nix/store"}

// forEndpoints are what the supervisor must be able to read for requests to services.
func forEndpoints(by spec.Origin) []spec.Path {
	var all []spec.Path
	for _, dir := range certificates {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			if st, err := os.Stat(real); err == nil && st.IsDir() {
				all = append(all, spec.Path{Kind: spec.Read, Path: real, By: by})
			}
		}
	}
	for _, path := range hosts.Files() {
		all = append(all, spec.Path{Kind: spec.ReadFile, Path: path, By: by})
	}
	return all
}
