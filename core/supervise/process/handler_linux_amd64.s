#include "textflag.h"

// handler is called by the kernel itself, on the runtime's stack for signals, with
// the number of the signal in DI and its siginfo_t in SI. It writes number and
// si_code into the pipe and touches nothing of Go's.
TEXT ·handler(SB),NOSPLIT|NOFRAME,$0
	SUBQ	$16, SP
	MOVL	DI, 0(SP)
	MOVL	8(SI), AX
	MOVL	AX, 4(SP)
	MOVL	$1, AX // write(2)
	MOVL	·pipeEnd(SB), DI
	MOVQ	SP, SI
	MOVL	$8, DX
	SYSCALL
	ADDQ	$16, SP
	RET

// restorer is where handler returns to: rt_sigreturn(2).
TEXT ·restorer(SB),NOSPLIT|NOFRAME,$0
	MOVL	$15, AX
	SYSCALL
	INT	$3

// func addresses() (handler, restorer uintptr)
TEXT ·addresses(SB),NOSPLIT,$0-16
	LEAQ	·handler(SB), AX
	MOVQ	AX, handler+0(FP)
	LEAQ	·restorer(SB), AX
	MOVQ	AX, restorer+8(FP)
	RET
