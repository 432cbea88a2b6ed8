//go:build linux

package oracle

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// An elf is a program as it may be written, or miswritten; the zero one is tiny
// with a loader.
type elf struct {
	kind, machine, segments, size uint16 // instead of what is right
	loader                        string
	length                        uint64 // of loader, instead of what is right
}

func (p elf) bytes() string {
	b, le := []byte(tiny[:64]), binary.LittleEndian
	put := func(at int, v, instead uint16) {
		if instead != 0 {
			v = instead
		}
		le.PutUint16(b[at:], v)
	}
	put(16, 2, p.kind)
	put(18, 62, p.machine)
	put(54, 56, p.size)
	put(56, 2, p.segments)
	if p.segments == none {
		put(56, 0, 0)
	}
	const first, second = 64, 64 + 56
	code := tiny[second:]
	at := uint64(second + 56 + len(code))
	le.PutUint64(b[24:], 0x400000+second+56) // entry
	interp := make([]byte, 56)
	le.PutUint32(interp, 3)
	le.PutUint64(interp[8:], at)
	length := uint64(len(p.loader))
	if p.length != 0 {
		length = p.length
	}
	le.PutUint64(interp[32:], length)
	le.PutUint64(interp[40:], length)
	load := []byte(tiny[first:second])
	le.PutUint64(load[32:], at)
	le.PutUint64(load[40:], at)
	return string(b) + string(interp) + string(load) + code + p.loader
}

const none = 0xffff

// What execve(2) makes of all kinds of files, in a sandbox that grants @/in.
func TestPrograms(t *testing.T) {
	testenv.RequireLandlock(t, kernel.ABITruncate)
	if runtime.GOARCH != "amd64" {
		t.Skip("the programs are for amd64")
	}
	support, err := kernel.Detect()
	must(t, err)
	dir := testenv.User{}.Dir(t)
	files := map[string]string{"out/p": tiny, "in/p": tiny, "in/text": "hello", "in/long text": strings.Repeat("x", 100)}
	for i, script := range []string{"#", "#!", "#!\n", "#!  \n", "#!\x00\n", "#!in/p\n", "#!./in/p\n", "#!@/in/p\r\n", "#!@/in/p -x y\n", "#!\t@/in/p\t\n",
		"#!@/in/p", "#!@\n", "#!@/in/p\x00x\n", "#!@/in/p " + strings.Repeat("x", 300), "#!/" + strings.Repeat("./", 140) + "@/in/p\n",
		"#!" + strings.Repeat(" ", 200) + "@/in/p\n", "#!" + strings.Repeat(" ", 300) + "@/in/p\n", "#!@/out/p\n", "#!@/in/text\n", "#!@/in/closed\n",
		"", "\x7fELF", tiny[:63], tiny[:100]} {
		if strings.HasPrefix(script, "#") {
			script = strings.ReplaceAll(script, "@", dir)
		}
		files["in/script"+strconv.Itoa(i)] = script
	}
	for i, p := range []elf{{loader: "@/in/p\x00"}, {loader: "@/in/p"}, {loader: "/nonexistent\x00"}, {loader: "@/out/p\x00"}, {loader: "@/in/text\x00"},
		{loader: "@/in/long text\x00"}, {loader: "@/in/script8\x00"}, {loader: ""}, {loader: "x"}, {loader: "@/in/p\x00", length: 5000}, {loader: "in/p\x00"}, {loader: "@\x00"},
		{loader: "@/in/closed\x00"}, {loader: "@/in/p\x00more\x00"}, {loader: "@/in/p\x00", machine: 183}, {loader: "@/in/p\x00", machine: 3}, {loader: "@/in/p\x00", kind: 1},
		{loader: "@/in/p\x00", kind: 3}, {loader: "@/in/p\x00", kind: 4}, {loader: "@/in/p\x00", segments: none}, {loader: "@/in/p\x00", segments: 0xfffe},
		{loader: "@/in/p\x00", size: 32}} {
		p.loader = strings.ReplaceAll(p.loader, "@", dir)
		files["in/elf"+strconv.Itoa(i)] = p.bytes()
	}
	for i := range 8 {
		files["in/chain"+strconv.Itoa(i+1)] = "#!" + dir + "/in/chain" + strconv.Itoa(i) + "\n"
	}
	files["in/chain0"] = "#!" + dir + "/in/p\n"
	must(t, os.Mkdir(filepath.Join(dir, "in"), 0o755), os.Mkdir(filepath.Join(dir, "out"), 0o755))
	for name, text := range files {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755))
	}
	must(t, os.WriteFile(filepath.Join(dir, "in/closed"), []byte(tiny), 0o644))
	s := &spec.Spec{Switches: spec.Switches{Net: true}, Paths: []spec.Path{{Kind: spec.Read, Path: dir + "/in", By: spec.ParseOrigin("test")}}}
	k, err := launch(t, testenv.Build(t, "../../nono-exec-shim"), testenv.Build(t, suite.Probe), s, os.Getuid())
	must(t, err)
	defer k.end()
	asker, err := query.New(s, support.ABI, "/")
	must(t, err)
	allowed := 0
	for name := range files {
		v := asker.Ask(query.Question{Op: query.Execute, Path: filepath.Join(dir, name)})
		got, err := k.ask("execute", filepath.Join(dir, name), "")
		must(t, err)
		if is := nameOf(got); v.Errno != is || (v.Status == query.Allowed) != (is == "") {
			t.Errorf("%s: the query says %s %q, the kernel %q\n%q", name, v.Status, v.Errno, is, files[name])
		}
		if got == 0 {
			allowed++
		}
	}
	if allowed < 10 || allowed > len(files)-20 {
		t.Errorf("%d of %d start: too little was compared", allowed, len(files))
	}
}
