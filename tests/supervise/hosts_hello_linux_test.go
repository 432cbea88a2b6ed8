package supervise

import (
	"crypto/ecdh"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"net"
)

// hidden connects with a hello that hides the inner name (Encrypted Client Hello) behind
// the outer one. The servers of the test have no key for it: they refuse the inner name,
// once they have got the hello.
func hidden(to, inner, outer string, pool *x509.CertPool) error {
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	c, err := net.Dial("tcp", to)
	if err != nil {
		return err
	}
	defer c.Close()
	list := echConfigs(key.PublicKey().Bytes(), outer)
	err = tls.Client(c, &tls.Config{ServerName: inner, RootCAs: pool, EncryptedClientHelloConfigList: list}).Handshake()
	fmt.Print(err)
	return nil
}

// echConfigs is a list of one configuration (ECHConfigList of the TLS Encrypted Client
// Hello): the key, HKDF-SHA256 with AES-128-GCM, and the outer name.
func echConfigs(key []byte, outer string) []byte {
	contents := []byte{7, 0, 0x20} // the configuration's number, DHKEM(X25519, HKDF-SHA256)
	contents = append(binary.BigEndian.AppendUint16(contents, uint16(len(key))), key...)
	contents = append(contents, 0, 4, 0, 1, 0, 1, 0) // the ciphers, no longest name
	contents = append(append(contents, byte(len(outer))), outer...)
	contents = append(contents, 0, 0) // no extensions
	one := binary.BigEndian.AppendUint16([]byte{0xfe, 0x0d}, uint16(len(contents)))
	one = append(one, contents...)
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(one))), one...)
}
