package secrets

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/tests/internal/authority"
)

// The account of the stand-in for Bitwarden's service. What its own program is given of it
// is encrypted, as the service has it (bitwarden.com/help/bitwarden-security-white-paper).
const (
	bwEmail    = "ada@example.test"
	bwMaster   = "correct horse battery staple"
	bwRounds   = 600_000 // the least that the program takes at a login
	bwUser     = "b1e2a3c4-0000-4000-8000-000000000001"
	bwPassword = "hunter2"
)

// sealed encrypts for the first half of a key, and authenticates for the second.
func sealed(t *testing.T, key, text []byte) string {
	pad := aes.BlockSize - len(text)%aes.BlockSize
	text = append(text[:len(text):len(text)], strings.Repeat(string(rune(pad)), pad)...)
	iv := make([]byte, aes.BlockSize)
	_, err := rand.Read(iv)
	must(t, err)
	block, err := aes.NewCipher(key[:32])
	must(t, err)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(text, text)
	mac := hmac.New(sha256.New, key[32:])
	mac.Write(iv)
	mac.Write(text)
	b64 := base64.StdEncoding.EncodeToString
	return "2." + b64(iv) + "|" + b64(text) + "|" + b64(mac.Sum(nil))
}

// vaultOf makes the answers of the service: to a login, and to a request for all items.
func vaultOf(t *testing.T, items map[string]string) (login, all map[string]any, hash string) {
	master, err := pbkdf2.Key(sha256.New, bwMaster, []byte(bwEmail), bwRounds, 32)
	must(t, err)
	proof, err := pbkdf2.Key(sha256.New, string(master), []byte(bwMaster), 1, 32)
	must(t, err)
	enc, err := hkdf.Expand(sha256.New, master, "enc", 32)
	must(t, err)
	mac, err := hkdf.Expand(sha256.New, master, "mac", 32)
	must(t, err)
	user := make([]byte, 64)
	_, err = rand.Read(user)
	must(t, err)
	own, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(own)
	must(t, err)
	public, err := x509.MarshalPKIXPublicKey(&own.PublicKey)
	must(t, err)
	key, private := sealed(t, append(enc, mac...), user), sealed(t, user, der)
	unlock := map[string]any{"salt": bwEmail, "kdf": map[string]any{"kdfType": 0, "iterations": bwRounds}, "masterKeyEncryptedUserKey": key}
	keys := map[string]any{"publicKeyEncryptionKeyPair": map[string]any{"wrappedPrivateKey": private, "publicKey": base64.StdEncoding.EncodeToString(public)}}
	claims, _ := json.Marshal(map[string]any{"sub": bwUser, "email": bwEmail, "email_verified": true, "name": "Ada", "premium": false, "exp": 4_000_000_000, "nbf": 0, "iss": "test", "client_id": "cli", "amr": []string{"Application"}, "scope": []string{"api"}})
	b64 := base64.RawURLEncoding.EncodeToString
	login = map[string]any{"access_token": b64([]byte(`{"alg":"none"}`)) + "." + b64(claims) + ".x", "expires_in": 3600, "token_type": "Bearer", "refresh_token": "r", "scope": "api offline_access",
		"Key": key, "PrivateKey": private, "AccountKeys": keys, "Kdf": 0, "KdfIterations": bwRounds,
		"UserDecryptionOptions": map[string]any{"HasMasterPassword": true, "MasterPasswordUnlock": unlock}}
	var ciphers []any
	for name, password := range items {
		ciphers = append(ciphers, map[string]any{"id": "b1e2a3c4-0000-4000-8000-" + strings.Repeat("0", 10) + string(rune('a'+len(ciphers))) + "0", "type": 1, "name": sealed(t, user, []byte(name)),
			"login": map[string]any{"username": sealed(t, user, []byte("ada")), "password": sealed(t, user, []byte(password))},
			"edit":  true, "viewPassword": true, "revisionDate": "2026-01-01T00:00:00Z", "creationDate": "2026-01-01T00:00:00Z", "reprompt": 0, "organizationUseTotp": false, "favorite": false, "collectionIds": []string{}})
	}
	all = map[string]any{"object": "sync", "folders": []any{}, "collections": []any{}, "policies": []any{}, "sends": []any{}, "ciphers": ciphers,
		"profile":        map[string]any{"id": bwUser, "email": bwEmail, "emailVerified": true, "name": "Ada", "key": key, "privateKey": private, "accountKeys": keys, "securityStamp": "s", "organizations": []any{}},
		"userDecryption": map[string]any{"masterPasswordUnlock": unlock}}
	return login, all, base64.StdEncoding.EncodeToString(proof)
}

// bitwardenService answers as Bitwarden's does.
func bitwardenService(t *testing.T, items map[string]string) (address string, ca []byte) {
	login, all, hash := vaultOf(t, items)
	ca, cert := authority.New(t, "localhost")
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var answer any
		switch r.URL.Path {
		case "/identity/accounts/prelogin", "/identity/accounts/prelogin/password":
			answer = map[string]any{"kdf": 0, "kdfIterations": bwRounds}
		case "/identity/connect/token":
			if answer = login; r.FormValue("grant_type") == "password" && r.FormValue("password") != hash {
				w.WriteHeader(http.StatusBadRequest)
				answer = map[string]any{"error": "invalid_grant", "ErrorModel": map[string]any{"Message": "Username or password is incorrect. Try again."}}
			}
		case "/api/sync":
			answer = all
		case "/api/accounts/revision-date":
			answer = 1_767_225_600_000
		default:
			http.NotFound(w, r) // /api/config, which the program does without
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(answer)
	}))
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	_, port, _ := strings.Cut(srv.Listener.Addr().String(), ":")
	return "https://localhost:" + port, ca
}

// Bitwarden's own program, as npm has it, and a stand-in of the service on loopback.
func realBitwarden(t *testing.T, w *world) {
	w.t = t
	bw := tool(t, "bw")
	address, ca := bitwardenService(t, map[string]string{"site": bwPassword, "two lines": "a\nb", "same one": "a", "same two": "b"})
	file := filepath.Join(w.home, "ca.pem")
	must(t, os.WriteFile(file, authority.PEM(ca), 0o644))
	w.script(filepath.Join(w.bin, "bw"), `exec "`+bw+`" "$@"`)
	w.env[1] += ":" + filepath.Dir(bw)
	w.env = append(w.env, "NODE_EXTRA_CA_CERTS="+file, "MASTER="+bwMaster, "NODE_NO_WARNINGS=1")
	w.sh(w.bin + "/bw config server " + address + " >/dev/null")
	session := strings.TrimSpace(w.sh(w.bin + "/bw login " + bwEmail + " --passwordenv MASTER --raw"))
	locked := w.env
	w.env = append(w.env, "BW_SESSION="+session)
	out, errs, status := w.nono("--secret", "TOKEN=bw:site", "--", "sh", "-c", `echo "<$TOKEN$BW_SESSION>"`)
	if out != "<"+bwPassword+">\n" || status != 0 {
		t.Fatalf("%q %q, status %d", out, errs, status)
	}
	for _, c := range []struct {
		item string
		env  []string
		says []string
	}{
		{"none", w.env, []string{"Not found.", "'bw' ended with status 1"}},
		{"same", w.env, []string{"More than one result", "'bw' ended with status 1"}},
		{"two lines", w.env, []string{"the answer has more than one line"}},
		{"site", locked, []string{"Vault is locked.", "'bw' ended with status 1", "if it is locked: bw unlock"}},
	} {
		w.env = c.env
		_, errs, status := w.nono("--secret", "TOKEN=bw:"+c.item, "--", "touch", "started")
		for _, part := range c.says {
			if status != 125 || !strings.Contains(errs, part) {
				t.Errorf("%s: status %d, %q", c.item, status, errs)
			}
		}
		w.nothingLeft(t)
	}
}
