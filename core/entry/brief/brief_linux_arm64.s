#include "go_asm.h"
#include "textflag.h"

// func _nono_entry: the kernel comes here with argc at the stack pointer, behind it
// the pointers to the arguments, nil, those to the environment, nil.
TEXT _nono_entry(SB),NOSPLIT|NOFRAME,$0
	MOVD	$30, R0 // PR_GET_TIMERSLACK
	MOVD	$167, R8 // prctl
	SVC
	CMP	$0, R0 // an error, or a process of real time, which has none
	BLE	threads
	MOVD	R0, ·slack(SB)
	MOVD	$29, R0 // PR_SET_TIMERSLACK
	MOVD	$const_longSlack, R1
	MOVD	$167, R8 // prctl
	SVC
threads:
	MOVD	RSP, R4
	MOVD	0(R4), R5
	ADD	$2, R5
	ADD	R5<<3, R4, R6 // the environment
	MOVD	R6, R7
	MOVD	$const_name, R9
	MOVD	$const_nameEnd, R10
next:
	MOVD.P	8(R7), R11
	CBZ	R11, add
	MOVD	0(R11), R12 // eight bytes: behind the last string are that many zeros
	CMP	R9, R12
	BNE	next
	MOVHU	8(R11), R12
	CMP	R10, R12
	BNE	next
	MOVBU	10(R11), R12
	CMP	$'=', R12
	BNE	next
	JMP	_nono_limits(SB) // the user has said how many
add:
	// What is before the environment moves down by two words, which keeps the stack
	// aligned. They become two variables that are the same.
	SUB	$16, R4, R7
	MOVD	R7, RSP
move:
	MOVD.P	8(R4), R11
	MOVD.P	R11, 8(R7)
	SUB	$1, R5
	CBNZ	R5, move
	MOVD	·setting(SB), R11
	MOVD	R11, -16(R6)
	MOVD	R11, -8(R6)
	MOVD	$1, R11
	MOVB	R11, ·added(SB)
	JMP	_nono_limits(SB)
