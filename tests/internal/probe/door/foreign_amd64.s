//go:build linux

#include "textflag.h"

// func vsyscallTime() uintptr
TEXT ·vsyscallTime(SB), NOSPLIT, $0-8
	XORL DI, DI
	MOVQ $0xffffffffff600400, AX
	CALL AX
	MOVQ AX, ret+0(FP)
	RET
