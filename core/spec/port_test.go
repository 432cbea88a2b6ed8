package spec

import "testing"

func TestParsePorts(t *testing.T) {
	for text, want := range map[string]string{
		"443": "443", "1": "1", "65535": "65535", "8000-8080": "8000-8080", "1-65535": "1-65535", "80-80": "80",
		"": "", "0": "", "65536": "", "-1": "", "80-": "", "-80": "", "90-80": "", "0-80": "", "+80": "", "080": "", "80-090": "", "0x50": "", " 80": "",
		"80 ": "", "80-90-100": "", "80,443": "", "https": "", "80-65536": "", "4294967376": "",
	} {
		p, ok := ParsePorts(text)
		if ok != (want != "") || ok && p.Range() != want {
			t.Errorf("%q: %v %s, want %q", text, ok, p.Range(), want)
		}
	}
}

func TestPortLines(t *testing.T) {
	const rest = "\nnet block\nunix-sockets block\nrmdir block\n"
	for line, want := range map[string]string{
		"port":               "line 2: 'port' needs N or N-M, and at most: by \"REASON\"",
		"port 80 443":        "line 2: 'port' needs N or N-M, and at most: by \"REASON\"",
		"port 0":             "line 2: 'port' needs ports from 1 to 65535, as N or N-M, not \"0\"",
		"port 90-80":         "line 2: 'port' needs ports from 1 to 65535, as N or N-M, not \"90-80\"",
		"port? 80":           "line 2: unknown directive \"port?\"",
		"port 80 for \"me\"": "line 2: 'port' needs N or N-M, and at most: by \"REASON\"",
	} {
		if _, err := Parse([]byte("nono-spec 1\n" + line + rest)); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
	if _, err := Parse([]byte("nono-spec 1\nport 80\nnet allow\nunix-sockets block\nrmdir block\n")); err == nil || err.Error() != "a line 'port' goes with 'net block' alone" {
		t.Errorf("with the network open: %v", err)
	}
}
