// Package authority makes certificates for servers of tests, which clients check as they
// check those of others.
package authority

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"
)

// New makes an authority, and a certificate of it for these names: some clients take none
// that signs itself. The authority's own certificate is in DER; PEM makes a file of it.
func New(t testing.TB, names ...string) (ca []byte, cert tls.Certificate) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	template := func(number int64, name string) *x509.Certificate {
		return &x509.Certificate{SerialNumber: big.NewInt(number), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), BasicConstraintsValid: true}
	}
	root := template(1, "test authority")
	root.IsCA, root.KeyUsage = true, x509.KeyUsageCertSign
	ca, err = x509.CreateCertificate(rand.Reader, root, root, &key.PublicKey, key)
	must(err)
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	leaf := template(2, "test")
	leaf.KeyUsage, leaf.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	leaf.DNSNames = names
	der, err := x509.CreateCertificate(rand.Reader, leaf, root, &own.PublicKey, key)
	must(err)
	return ca, tls.Certificate{Certificate: [][]byte{der}, PrivateKey: own}
}

// PEM is the text of a file that holds the certificate.
func PEM(ca []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca})
}
