package seccomp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A verdict is what a filter answers: "allow", "kill" or an errno's name.
type verdict string

// seccompData is struct seccomp_data (linux/seccomp.h), as 32-bit words.
type seccompData [16]uint32

func dataOf(nr, arch uint32, args [6]uint64) seccompData {
	d := seccompData{0: nr, 1: arch}
	for i, a := range args {
		d[4+2*i], d[5+2*i] = uint32(a), uint32(a>>32)
	}
	return d
}

// interpret runs a program as the kernel does (net/core/filter.c), knowing only
// what seccomp lets a program use.
func interpret(t testing.TB, code []Instruction, d seccompData) verdict {
	var acc uint32
	for pc := 0; pc < len(code); pc++ {
		in := code[pc]
		jump := func(cond bool) {
			if cond {
				pc += int(in.Jt)
			} else {
				pc += int(in.Jf)
			}
		}
		switch in.Code {
		case 0x20: // load a word at a fixed offset
			acc = d[in.K/4]
		case 0x15:
			jump(acc == in.K)
		case 0x35:
			jump(acc >= in.K)
		case 0x45:
			jump(acc&in.K != 0)
		case 0x54:
			acc &= in.K
		case 0x06:
			switch in.K {
			case 0x7fff0000:
				return "allow"
			case 0x80000000:
				return "kill"
			case 0x00050000:
				return "done"
			case 0x00050001:
				return "EPERM"
			case 0x00050026:
				return "ENOSYS"
			}
			t.Fatalf("instruction %d answers %#x", pc, in.K)
		}
	}
	t.Fatal("the program runs over its end")
	return ""
}

// checkProgram holds what the kernel checks when it is given a program
// (bpf_check_classic, seccomp_check_filter), and that every jump stays inside.
func checkProgram(t testing.TB, code []Instruction) {
	t.Helper()
	if len(code) == 0 || len(code) > 4096 {
		t.Fatalf("%d instructions", len(code))
	}
	inside := func(pc, next int) {
		if next >= len(code) {
			t.Errorf("instruction %d leads to %d, past the last", pc, next)
		}
	}
	for pc, in := range code {
		switch in.Code {
		case 0x06:
		case 0x15, 0x35, 0x45:
			inside(pc, pc+1+int(in.Jt))
			inside(pc, pc+1+int(in.Jf))
		case 0x20:
			if in.K%4 != 0 || in.K >= 64 {
				t.Errorf("instruction %d loads from offset %d", pc, in.K)
			}
			inside(pc, pc+1)
		case 0x54:
			inside(pc, pc+1)
		default:
			t.Fatalf("instruction %d has the code %#x", pc, in.Code)
		}
	}
	if last := code[len(code)-1]; last.Code != 0x06 {
		t.Error("the last instruction is no return")
	}
}

// kernelCalls reads the numbers of an architecture's system calls, by their
// names in small letters, from x/sys, which takes them from the kernel's headers.
func kernelCalls(t testing.TB, arch string) map[string]int {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "golang.org/x/sys/unix").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	file := filepath.Join(strings.TrimSpace(string(out)), "zsysnum_linux_"+arch+".go")
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]int{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		lit, ok := v.Values[0].(*ast.BasicLit)
		if !ok {
			return true
		}
		nr, err := strconv.Atoi(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		calls[strings.ToLower(strings.TrimPrefix(v.Names[0].Name, "SYS_"))] = nr
		return true
	})
	if len(calls) < 300 {
		t.Fatalf("only %d calls in %s", len(calls), file)
	}
	return calls
}
