#include "textflag.h"
#include "neon.h"

#define DST 0
#define X   1
#define N   2

// func Narrow(dst *uint16, x *float32, n int)
TEXT ·Narrow(SB), NOSPLIT, $0-24
	MOVD dst+0(FP), R(DST)
	MOVD x+8(FP), R(X)
	MOVD n+16(FP), R(N)
	SUBS $8, R(N)
	BLT  tail

eight:
	LDPQ_POST(0, 1, X, 32)
	FCVTN(0, 0)
	FCVTN2(0, 1)
	STRQ_POST(0, DST, 16)
	SUBS $8, R(N)
	BGE  eight

tail:
	ADDS $8, R(N)
	BEQ  done

one:
	LDRS_POST(0, X, 4)
	FCVTN(0, 0)
	STRH_POST(0, DST, 2)
	SUBS $1, R(N)
	BNE  one

done:
	RET
