package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"strconv"

	"github.com/nono-sandbox/nono/core/seccomp"
)

// What the kernel's own work costs inside, without anything that nono adds to
// it, so that a figure can be told from the least that it could be.

// A leastFilter is a seccomp filter of which no instruction can be left out.
type leastFilter struct {
	what string
	code []seccomp.Instruction
}

var (
	allowAll = leastFilter{"the smallest filter", []seccomp.Instruction{
		{Code: 0x06, K: 0x7fff0000}, // BPF_RET, SECCOMP_RET_ALLOW
	}}
	lookAtOne = leastFilter{"the smallest filter of arguments", []seccomp.Instruction{
		{Code: 0x20, K: 24},                // BPF_LD, the low half of the second argument
		{Code: 0x15, K: 0x12345678, Jf: 1}, // BPF_JEQ, a value that nobody passes
		{Code: 0x06, K: 0x00050001},        // SECCOMP_RET_ERRNO, EPERM
		{Code: 0x06, K: 0x7fff0000},
	}}
)

// least completes a work that is started by the C floor, with the list and the
// filter that make returns; "-" leaves either out.
func (s *stage) least(w *work, make func() (list, filter string, err error)) {
	floor, err := s.buildFloor()
	var list, filter string
	if err == nil {
		list, filter, err = make()
	}
	if err != nil {
		w.Skipped = err.Error()
	}
	w.Note, w.inside = "the least that it could be", []string{floor, list, filter}
}

// rulesAlone prepares thirty rules and no filter.
func (s *stage) rulesAlone() (string, string, error) {
	policy, err := s.rules(30)
	if err != nil {
		return "", "", err
	}
	list, _, _, err := s.prepareFloor("rules-alone", policy)
	return list, "-", err
}

// filterAlone prepares a filter and no rules.
func (s *stage) filterAlone(least leastFilter) (string, string, error) {
	var code bytes.Buffer
	if err := binary.Write(&code, binary.NativeEndian, least.code); err != nil {
		return "", "", err
	}
	file := s.path("least-" + strconv.Itoa(len(least.code)))
	return "-", file, os.WriteFile(file, code.Bytes(), 0o644)
}
