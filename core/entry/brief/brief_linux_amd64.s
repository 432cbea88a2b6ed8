#include "go_asm.h"
#include "textflag.h"

// func _nono_entry: the kernel comes here (x86-64 ABI, 3.4.1) with argc at the
// stack pointer, behind it the pointers to the arguments, nil, those to the
// environment, nil.
TEXT _nono_entry(SB),NOSPLIT|NOFRAME,$0
	MOVQ	$157, AX // prctl
	MOVQ	$30, DI // PR_GET_TIMERSLACK
	SYSCALL
	CMPQ	AX, $0 // an error, or a process of real time, which has none
	JLE	threads
	MOVQ	AX, ·slack(SB)
	MOVQ	$157, AX // prctl
	MOVQ	$29, DI // PR_SET_TIMERSLACK
	MOVQ	$const_longSlack, SI
	SYSCALL
threads:
	MOVQ	0(SP), CX
	LEAQ	16(SP)(CX*8), BX // the environment
	MOVQ	BX, SI
	MOVQ	$const_name, AX
next:
	MOVQ	0(SI), DX
	TESTQ	DX, DX
	JEQ	add
	ADDQ	$8, SI
	CMPQ	AX, 0(DX) // eight bytes: behind the last string are that many zeros
	JNE	next
	CMPW	8(DX), $const_nameEnd
	JNE	next
	CMPB	10(DX), $'='
	JNE	next
	JMP	_nono_limits(SB) // the user has said how many
add:
	// What is before the environment moves down by two words, which keeps the stack
	// aligned. They become two variables that are the same.
	SUBQ	$16, SP
	MOVQ	SP, DI
	LEAQ	16(SP), SI
	ADDQ	$2, CX
	CLD
	REP; MOVSQ
	MOVQ	·setting(SB), AX
	MOVQ	AX, -16(BX)
	MOVQ	AX, -8(BX)
	MOVB	$1, ·added(SB)
	JMP	_nono_limits(SB)
