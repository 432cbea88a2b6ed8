// Command record draws what a program prints as an SVG in which the lines appear one
// after the other, as on a terminal:
//
//	sh packaging/try 2>&1 | go run ./packaging/record >docs/try.svg
//
// Names of temporary directories become the home of the example.
package main

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"os"
	"regexp"
	"strings"
)

const (
	width      = 100 // characters of a line
	lineHeight = 18  // pixels
	charWidth  = 8   // pixels, in a font of 13
	pause      = 0.9 // seconds before a command
	between    = 0.12
)

var scratch = regexp.MustCompile(`/[^ ']*/tmp\.[A-Za-z0-9]+/home`)

func main() {
	if err := record(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "record: "+err.Error())
		os.Exit(1)
	}
}

func record(in io.Reader, out io.Writer) error {
	var lines []string
	s := bufio.NewScanner(in)
	for s.Scan() {
		lines = append(lines, wrap(scratch.ReplaceAllString(s.Text(), "/home/ada"))...)
	}
	if err := s.Err(); err != nil {
		return err
	}
	var b strings.Builder
	w, h := width*charWidth+24, len(lines)*lineHeight+24
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="monospace" font-size="13">`+"\n", w, h, w, h)
	b.WriteString("<style>text{white-space:pre;fill:#e6e6e6;opacity:0;animation:show 0s forwards}.c{fill:#9fd6ff}.e{fill:#ffb3a7}.s{fill:#9a9a9a}" +
		"@keyframes show{to{opacity:1}}@media (prefers-reduced-motion:reduce){text{animation-delay:0s!important}}</style>\n")
	fmt.Fprintf(&b, `<rect width="%d" height="%d" rx="8" fill="#1c1c1c"/>`+"\n", w, h)
	at := 0.3
	for i, l := range lines {
		if strings.HasPrefix(l, "$ ") {
			at += pause
		}
		at += between
		if l != "" {
			fmt.Fprintf(&b, `<text x="12" y="%d"%s style="animation-delay:%.2fs">%s</text>`+"\n", 24+i*lineHeight, class(l), at, html.EscapeString(l))
		}
	}
	b.WriteString("</svg>\n")
	_, err := io.WriteString(out, b.String())
	return err
}

// class colours a command, an error, and the exit status.
func class(l string) string {
	switch {
	case strings.HasPrefix(l, "$ "):
		return ` class="c"`
	case strings.Contains(l, "denied") || strings.HasPrefix(l, "nono: error"):
		return ` class="e"`
	case strings.HasPrefix(l, "[exit"):
		return ` class="s"`
	}
	return ""
}

// wrap cuts a line where the terminal would.
func wrap(l string) []string {
	var out []string
	for len([]rune(l)) > width {
		r := []rune(l)
		out, l = append(out, string(r[:width])), string(r[width:])
	}
	return append(out, l)
}
