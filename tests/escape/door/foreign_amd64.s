//go:build linux

#include "textflag.h"

// func int80(nr uintptr) uintptr
TEXT ·int80(SB), NOSPLIT, $0-16
	MOVQ nr+0(FP), AX
	XORL BX, BX
	XORL CX, CX
	XORL DX, DX
	INT  $0x80
	MOVQ AX, ret+8(FP)
	RET

// func vsyscallTime() uintptr
TEXT ·vsyscallTime(SB), NOSPLIT, $0-8
	XORL DI, DI
	MOVQ $0xffffffffff600400, AX
	CALL AX
	MOVQ AX, ret+0(FP)
	RET
