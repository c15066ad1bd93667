#include "textflag.h"

// func getg() uintptr
TEXT ·getg(SB), NOSPLIT, $0-8
	MOVD g, ret+0(FP)
	RET

// func callers() (a, b, c uintptr)
// Frame pointers lead to where the caller's caller, and so on, go on.
TEXT ·callers(SB), NOSPLIT|NOFRAME, $0-24
	MOVD ZR, a+0(FP)
	MOVD ZR, b+8(FP)
	MOVD ZR, c+16(FP)
	MOVD R29, R0
	CBZ  R0, done
	MOVD 8(R0), R1
	MOVD R1, a+0(FP)
	MOVD (R0), R0
	CBZ  R0, done
	MOVD 8(R0), R1
	MOVD R1, b+8(FP)
	MOVD (R0), R0
	CBZ  R0, done
	MOVD 8(R0), R1
	MOVD R1, c+16(FP)
done:
	RET
