package supervise

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// auditSchema is what nono audit schema prints.
func auditSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := exec.Command(suite.Build(t, suite.Newest).Path("nono-audit"), "schema").Output()
	must(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	must(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	must(t, c.AddResource("schema.json", doc))
	s, err := c.Compile("schema.json")
	must(t, err)
	return s
}

// Every line of the logs of these runs is as the schema says, and each kind of line that
// a run of these can have is there.
func TestAuditSchema(t *testing.T) {
	testenv.RequireLandlock(t, 4)
	schema := auditSchema(t)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		a := newAsked(t, u, `echo '{"yes":true}'`)
		kinds := map[string]bool{}
		for _, c := range []struct {
			flags  []string
			script string
		}{
			{nil, `/bin/true; printf 'a\n' > "$(printf 'odd\377\n"name')"; exit 3`},
			{[]string{"--audit-level", "refused"}, "mkdir " + a.other + "/d; kill -9 $$"},
			{[]string{"--audit-level", "all"}, `cat a "$(printf '\377')" ` + a.other + `/f; mkdir d; mv d e; ln -s x '"q"'; bash -c 'exec 9<>/dev/tcp/127.0.0.1/1'; kill -40 $$`},
			{[]string{"--ask-with", a.program, "--audit-level", "all"}, "cat " + a.other + "/f; mkdir " + a.other + "/d"},
			{[]string{"--host", "name.example:1", "--net-block"}, `bash -c 'exec 9<>/dev/tcp/192.0.2.1/1'; bash -c 'exec 9<>/dev/tcp/other.example/1'`},
			{[]string{"--hold-metadata"}, "chmod 600 " + a.other + "/f"},
		} {
			a.logged(c.flags, c.script)
			text, err := os.ReadFile(a.home + "/log")
			must(t, err)
			for line := range strings.Lines(string(text)) {
				v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
				must(t, err)
				kinds[v.(map[string]any)["event"].(string)] = true
				if err := schema.Validate(v); err != nil {
					t.Errorf("%v: %v\n%s", c.flags, err, line)
				}
			}
		}
		for _, kind := range []string{"start", "exec", "refused", "opened", "changed", "connected", "granted", "end"} {
			if !kinds[kind] {
				t.Errorf("no line is of the kind %s", kind)
			}
		}
	})
}

// What no log of nono's has, the schema refuses.
func TestAuditSchemaRefuses(t *testing.T) {
	schema := auditSchema(t)
	const line = `{"run":"0123456789abcdef","seq":2,"time":"2026-11-27T10:00:00.5Z","since_ns":5,"event":"refused","source":"claimed","pid":7,"op":"mkdir","path":"/x","errno":"EACCES","prev":"` +
		"0000000000000000000000000000000000000000000000000000000000000000" + `"}`
	validate := func(change func(map[string]any)) error {
		var m map[string]any
		must(t, json.Unmarshal([]byte(line), &m))
		change(m)
		return schema.Validate(m)
	}
	if err := validate(func(map[string]any) {}); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(map[string]any){
		"an unknown key":          func(m map[string]any) { m["extra"] = "x" },
		"no digest":               func(m map[string]any) { delete(m, "prev") },
		"a short digest":          func(m map[string]any) { m["prev"] = "00" },
		"an unknown event":        func(m map[string]any) { m["event"] = "other" },
		"an unknown source":       func(m map[string]any) { m["source"] = "rumour" },
		"a refusal of nothing":    func(m map[string]any) { delete(m, "path") },
		"a start in the middle":   func(m map[string]any) { m["event"] = "start" },
		"an end without a status": func(m map[string]any) { m["event"] = "end" },
		"a status before the end": func(m map[string]any) { m["status"] = 0 },
		"an empty path":           func(m map[string]any) { m["path"] = "" },
		"a time that is none":     func(m map[string]any) { m["time"] = "yesterday" },
	} {
		if validate(change) == nil {
			t.Errorf("%s is allowed", what)
		}
	}
}
