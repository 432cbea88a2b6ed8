#include "textflag.h"

// func _nono_entry: the kernel comes here.
TEXT _nono_entry(SB),NOSPLIT|NOFRAME,$0
	JMP	_nono_limits(SB)
