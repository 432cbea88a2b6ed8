package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestRecord(t *testing.T) {
	var out strings.Builder
	in := "$ cat '<key>'\ncat: /var/tmp/tmp.Ab1/home/.ssh/id: Permission denied\n[exit status 1]\n\n" + strings.Repeat("x", width+1) + "\n"
	if err := record(strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(strings.NewReader(out.String()))
	texts := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "text" {
			texts++
		}
	}
	for _, want := range []string{"$ cat &#39;&lt;key&gt;&#39;", "cat: /home/ada/.ssh/id: Permission denied", `class="e"`, `class="s"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	if texts != 5 {
		t.Errorf("%d lines are drawn, not 5", texts)
	}
}
