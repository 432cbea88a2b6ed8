package main

import (
	"maps"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

// Every name under which programs look for temporary files leads to the private
// temp, but where it leads to what is granted.
func TestTemporaryPlaces(t *testing.T) {
	always := map[string]string{"TMPDIR": "/t/p", "TMPPREFIX": "/t/p/zsh", "CLAUDE_CODE_TMPDIR": "/t/p", "TMUX_TMPDIR": "/t/p"}
	java := map[string]string{"JDK_JAVA_OPTIONS": "-Djava.io.tmpdir=/t/p"}
	with := func(sets ...map[string]string) map[string]string {
		all := maps.Clone(always)
		for _, s := range sets {
			maps.Copy(all, s)
		}
		return all
	}
	flag := func(k spec.Kind, path string) spec.Path {
		return spec.Path{Kind: k, Path: path, By: spec.Origin{Source: spec.Flag}}
	}
	private := spec.Path{Kind: spec.Temp, Path: "/t/p", By: spec.Origin{Source: spec.PrivateTemp}}
	for _, c := range []struct {
		name    string
		env     map[string]string
		granted []spec.Path
		sockets bool
		want    map[string]string
	}{
		{name: "nothing set", want: with(java)},
		{name: "set outside", env: map[string]string{"TMP": "/var/tmp", "XDG_RUNTIME_DIR": "/run/user/1", "TMPDIR": "/x", "TMPPREFIX": "/x/z", "GOTMPDIR": "go"},
			want: with(java, map[string]string{"TMP": "/t/p", "XDG_RUNTIME_DIR": "/t/p", "GOTMPDIR": "/t/p"})},
		{name: "granted", env: map[string]string{"TMP": "/g/tmp", "TMPPREFIX": "/g/zsh", "CLAUDE_CODE_TMPDIR": "/g", "TEMP": "/gg"},
			granted: []spec.Path{flag(spec.Allow, "/g")},
			want:    with(java, map[string]string{"TMPPREFIX": "/g/zsh", "CLAUDE_CODE_TMPDIR": "/g", "TEMP": "/t/p"})},
		{name: "granted to read only", env: map[string]string{"TMP": "/g"}, granted: []spec.Path{flag(spec.Read, "/g")}, want: with(java, map[string]string{"TMP": "/t/p"})},
		{name: "/tmp is granted", granted: []spec.Path{flag(spec.Allow, "/tmp")}, want: always},
		{name: "one socket", env: map[string]string{"XDG_RUNTIME_DIR": "/run/user/1", "TMUX_TMPDIR": "/run/user/1"},
			granted: []spec.Path{flag(spec.UnixSocket, "/run/user/1/wayland-0")}, want: with(java, map[string]string{"TMUX_TMPDIR": "/run/user/1"})},
		{name: "every socket", env: map[string]string{"XDG_RUNTIME_DIR": "/run/user/1"}, sockets: true, want: with(java)},
		{name: "Java's own options", env: map[string]string{"JDK_JAVA_OPTIONS": "-Xmx1g"}, want: with(map[string]string{"JDK_JAVA_OPTIONS": "-Xmx1g -Djava.io.tmpdir=/t/p"})},
		{name: "Java's place is said", env: map[string]string{"JAVA_TOOL_OPTIONS": "-Djava.io.tmpdir=/g"}, want: always},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &spec.Spec{Paths: append(c.granted, private), Switches: spec.Switches{UnixSockets: c.sockets}}
			got := temporaryPlaces("/t/p", s, func(name string) string { return c.env[name] })
			if !maps.Equal(got, c.want) {
				t.Errorf("%v\nwant %v", got, c.want)
			}
		})
	}
	if got := javaOptions("", "/a b"); got != `"-Djava.io.tmpdir=/a b"` {
		t.Error(got)
	}
}
