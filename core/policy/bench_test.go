package policy_test

import (
	"os"
	"testing"

	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/spec"
)

// BenchmarkCompile is what every launch pays for its policy.
func BenchmarkCompile(b *testing.B) {
	passwd, _ := os.ReadFile("/etc/passwd")
	home := b.TempDir()
	for _, c := range []struct {
		name, grant string
		lift        []string
	}{
		{"allow project", home + "/project", nil},
		{"allow project, all commands", home + "/project", []string{"all"}},
		{"allow home", home, nil},
	} {
		if err := os.MkdirAll(c.grant, 0o700); err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := policy.Compile(policy.Options{
					Grants:        []policy.Grant{{Kind: spec.Allow, Path: c.grant}},
					AllowCommands: c.lift,
					Command:       []string{"/bin/true"},
				}, policy.Host{GOOS: "linux", Dir: home, UID: os.Getuid(), Passwd: string(passwd), Env: func(k string) string {
					return map[string]string{"HOME": home, "PATH": "/usr/local/bin:/usr/bin:/bin"}[k]
				}})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
