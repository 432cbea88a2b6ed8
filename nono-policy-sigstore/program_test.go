package main

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestProgram: nono policy verify finds a bundle beside the file and has it verified; where
// the program for that is not installed, nothing is taken for signed.
func TestProgram(t *testing.T) {
	bin, data := t.TempDir(), published(t)
	build := func(dir, name string) {
		t.Helper()
		cmd := exec.Command("go", "build", "-o", filepath.Join(bin, name), ".")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	build("../nono-policy", "nono-policy")
	dir := t.TempDir()
	put := func(name, text string) string {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	const release = "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main"
	file := put("a.profile", "read ~/x\n")
	beside := put("a.profile.sigstore.json", string(load(t, data+"/bundles/sigstore.js@2.0.0-provenance.sigstore.json")))
	who, nobody, trusted := put("who", actions+" "+release+"\n"), put("nobody", actions+" https://github.com/else/*\n"), data+"/trusted-roots/public-good.json"
	verify := func(args ...string) (string, int) {
		cmd := exec.Command(filepath.Join(bin, "nono-policy"), append([]string{"verify"}, args...)...)
		cmd.Env, cmd.Dir, cmd.Stdin = []string{}, dir, strings.NewReader("read ~/x\n")
		out, _ := cmd.CombinedOutput()
		return string(out), cmd.ProcessState.ExitCode()
	}
	type row struct {
		args   []string
		want   string
		status int
	}
	try := func(rows map[string]row) {
		t.Helper()
		for name, r := range rows {
			if out, status := verify(r.args...); status != r.status || !strings.Contains(out, r.want) || strings.Count(out, "\n") > 2 {
				t.Errorf("%s: status %d, want %d:\n%s\nwant %q", name, status, r.status, out, r.want)
			}
		}
	}
	try(map[string]row{"not installed": {[]string{file}, "nono: error: cannot verify a bundle of Sigstore's: cannot find nono-policy-sigstore: ", 2}})
	build(".", "nono-policy-sigstore")
	flags := []string{"--trusted-root", trusted, "--identities", who}
	with := func(args ...string) []string { return append(append([]string{}, flags...), args...) }
	const notThese = "no valid signature: the signature is not of these bytes ("
	try(map[string]row{
		"beside":                         {with(file), notThese, 1},
		"named":                          {with("--bundle", beside, file), notThese, 1},
		"standard input":                 {with("--bundle", beside, "-"), notThese, 1},
		"either, and this":               {with("--signature", file+".sig", "--bundle", beside, "-"), notThese, 1},
		"no bundle":                      {with("--bundle", file+".none", file), "nono: error: cannot read the bundle", 2},
		"no JSON":                        {with("--bundle", file, file), "no valid signature: it is no bundle of Sigstore's: ", 1},
		"nothing beside":                 {with(put("b.profile", "")), "no valid signature: there is no signature '" + filepath.Join(dir, "b.profile.sig") + "'", 1},
		"no root":                        {[]string{"--trusted-root", file + ".none", "--identities", who, file}, "nono: error: cannot read the trusted root", 2},
		"another's root":                 {[]string{"--trusted-root", beside, "--identities", who, file}, "nono: error: cannot use the trusted root", 2},
		"no such list":                   {[]string{"--trusted-root", trusted, "--identities", file + ".none", file}, "nono: error: cannot read who may sign", 2},
		"an empty list":                  {[]string{"--trusted-root", trusted, "--identities", put("empty", "# nobody\n"), file}, "nobody is in it", 2},
		"a file that begins with a dash": {with("--bundle", beside, "--", "-x"), "nono: error: cannot verify '-x': no such file or directory", 2},
		"large":                          {with("--bundle", put("large", strings.Repeat(" ", 1<<20+1)), file), "it is larger than 1 MiB", 2},
	})
	if os.Getenv("NONO_LONG") == "" {
		return // what is attested lies in npm's registry
	}
	got, err := http.Get("https://registry.npmjs.org/sigstore/-/sigstore-2.0.0.tgz")
	if err != nil {
		t.Skip("npm's registry is not reached, so what is attested was not had:", err)
	}
	defer got.Body.Close()
	archive, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	whole := put("sigstore-2.0.0.tgz", string(archive))
	changed := put("changed.tgz", string(archive[:len(archive)-1])+"x")
	try(map[string]row{
		"what npm has":        {with("--bundle", beside, whole), "signed by '" + release + "' (" + actions + ")\n", 0},
		"a changed byte":      {with("--bundle", beside, changed), notThese, 1},
		"by somebody else":    {[]string{"--trusted-root", trusted, "--identities", nobody, "--bundle", beside, whole}, "is not one that may sign", 1},
		"another authority's": {[]string{"--trusted-root", data + "/trusted-roots/scaffolding.json", "--identities", who, "--bundle", beside, whole}, "it is in no transparency log that is trusted", 1},
	})
}
