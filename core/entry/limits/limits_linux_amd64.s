#include "go_asm.h"
#include "textflag.h"

// func _nono_limits: a program's entry point comes here, with the stack as the kernel
// left it (x86-64 ABI, 3.4.1). Go's wants RDX to be 0, as it is in a static program.
// Each limit is read by getrlimit(2) to beneath the stack pointer.
TEXT _nono_limits(SB),NOSPLIT|NOFRAME,$0
	MOVQ	$97, AX // getrlimit
	MOVQ	$9, DI // RLIMIT_AS
	LEAQ	-64(SP), SI
	SYSCALL
	MOVQ	$const_leastAddressSpace, CX
	LEAQ	·fewAddressSpace(SB), BX
	CMPQ	-64(SP), CX // as unsigned: no limit is the largest number
	JCS	few
	MOVQ	$97, AX // getrlimit
	MOVQ	$2, DI // RLIMIT_DATA
	LEAQ	-64(SP), SI
	SYSCALL
	MOVQ	$const_leastData, CX
	LEAQ	·fewData(SB), BX
	CMPQ	-64(SP), CX
	JCS	few
	XORL	DX, DX
	JMP	_rt0_amd64_linux(SB)
few:
	MOVQ	$1, AX // write
	MOVQ	$2, DI
	MOVQ	0(BX), SI
	MOVQ	8(BX), DX
	SYSCALL
	MOVQ	$231, AX // exit_group
	MOVQ	$125, DI
	SYSCALL
	INT	$3
