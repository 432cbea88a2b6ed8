#include "go_asm.h"
#include "textflag.h"

// func _nono_limits: a program's entry point comes here, with the stack as the kernel
// left it; no register means anything. Each limit is read by prlimit(2) to beneath the
// stack pointer.
TEXT _nono_limits(SB),NOSPLIT|NOFRAME,$0
	MOVD	$9, R1 // RLIMIT_AS
	MOVD	$const_leastAddressSpace, R5
	MOVD	$·fewAddressSpace(SB), R6
	SUB	$64, RSP, R3
	MOVD	ZR, R2
	MOVD	ZR, R0
	MOVD	$261, R8 // prlimit64
	SVC
	MOVD	-64(RSP), R7
	CMP	R5, R7 // as unsigned: no limit is the largest number
	BLO	few
	MOVD	$2, R1 // RLIMIT_DATA
	MOVD	$const_leastData, R5
	MOVD	$·fewData(SB), R6
	SUB	$64, RSP, R3
	MOVD	ZR, R2
	MOVD	ZR, R0
	MOVD	$261, R8 // prlimit64
	SVC
	MOVD	-64(RSP), R7
	CMP	R5, R7
	BLO	few
	JMP	_rt0_arm64_linux(SB)
few:
	MOVD	$2, R0
	MOVD	0(R6), R1
	MOVD	8(R6), R2
	MOVD	$64, R8 // write
	SVC
	MOVD	$125, R0
	MOVD	$94, R8 // exit_group
	SVC
	UNDEF
