#include "textflag.h"

// handler is called by the kernel itself, on the runtime's stack for signals, with
// the number of the signal in R0 and its siginfo_t in R1. It writes number and
// si_code into the pipe and touches nothing of Go's. The kernel has put into R30
// where rt_sigreturn(2) is made.
TEXT ·handler(SB),NOSPLIT|NOFRAME,$0
	SUB	$16, RSP
	MOVW	R0, 0(RSP)
	MOVW	8(R1), R2
	MOVW	R2, 4(RSP)
	MOVD	$64, R8 // write(2)
	MOVW	·pipeEnd(SB), R0
	MOVD	RSP, R1
	MOVD	$8, R2
	SVC
	ADD	$16, RSP
	RET

// func addresses() (handler, restorer uintptr)
TEXT ·addresses(SB),NOSPLIT,$0-16
	MOVD	$·handler(SB), R0
	MOVD	R0, handler+0(FP)
	MOVD	ZR, restorer+8(FP)
	RET
