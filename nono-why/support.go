package main

import (
	"runtime"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/jsonobject"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/promise"
	"golang.org/x/sys/unix"
)

// tellSupport says what this kernel can enforce. The exit status is that of a
// denial where nono would start nothing.
func (o *options) tellSupport(p *cli.Printer) error {
	support, err := kernel.Detect()
	if o.platform == "darwin" {
		support, err = kernel.Support{}, nil
	}
	promises := promise.On(o.platform, support, nil)
	out := o.supportText(support, err, promises)
	if o.json {
		out = o.supportJSON(support, err, promises)
	}
	if e := say(p.Out, out); e != nil {
		return e
	}
	if err != nil {
		return errDenied
	}
	return nil
}

func (o *options) supportText(k kernel.Support, err error, promises []promise.Promise) string {
	var b strings.Builder
	if o.platform == runtime.GOOS {
		b.WriteString("system: " + runtime.GOOS + " " + release() + ", " + runtime.GOARCH + "\n")
	} else {
		b.WriteString("system: " + o.platform + "\n")
	}
	switch {
	case err != nil:
		b.WriteString("mechanism: none: " + err.Error() + "\nnono starts nothing here, since nothing would be enforced:\n")
	case o.platform == "darwin":
		b.WriteString("mechanism: Seatbelt\nwhat a sandboxed command cannot do:\n")
	default:
		b.WriteString("mechanism: Landlock ABI " + strconv.Itoa(k.ABI) + ", seccomp\nwhat a sandboxed command cannot do:\n")
	}
	for _, p := range promises {
		if p.Held {
			b.WriteString("  enforced      " + p.What + " (" + p.By + ")\n")
		} else {
			b.WriteString("  not enforced  " + p.What + " (needs " + p.Needs + ")\n")
		}
	}
	if o.platform == "linux" && err == nil {
		b.WriteString("denials in the kernel's audit log (--audit-kernel): " + logs(k) + "\n")
	}
	b.WriteString("never enforced: changing mode, owner, times and attributes of files outside, where the file permissions let it; looking at names and sizes of files; use of processor, memory and disk\n")
	return b.String()
}

// logs says whether the kernel can log what it denies.
func logs(k kernel.Support) string {
	if k.ABI < kernel.ABILog {
		return "no, that needs " + kernel.Needs(kernel.ABILog)
	}
	return "yes, where the kernel's audit is on"
}

func (o *options) supportJSON(k kernel.Support, err error, promises []promise.Promise) string {
	mechanism := "landlock"
	out := jsonobject.Append(nil)
	out.Text("system", o.platform)
	if o.platform == runtime.GOOS {
		out.Text("arch", runtime.GOARCH)
		out.Text("release", release())
	}
	switch {
	case err != nil:
		mechanism = "none"
		out.Text("error", err.Error())
	case o.platform == "darwin":
		mechanism = "seatbelt"
	}
	out.Text("mechanism", mechanism)
	out.Int("abi", int64(k.ABI))
	out.Objects("promises", len(promises), func(i int, each *jsonobject.Object) {
		p := promises[i]
		each.Bool("held", p.Held)
		each.Text("key", p.Key)
		each.Text("what", p.What)
		if p.Held {
			each.Text("by", p.By)
		} else {
			each.Text("needs", p.Needs)
		}
	})
	return string(out.End()) + "\n"
}

func release() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return "of unknown release"
	}
	return unix.ByteSliceToString(u.Release[:])
}
