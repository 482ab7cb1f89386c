#include "textflag.h"
#include "neon.h"

#define Y 0
#define X 1
#define N 2

// func Add(y, x *float32, n int)
TEXT ·Add(SB), NOSPLIT, $0-24
	MOVD y+0(FP), R(Y)
	MOVD x+8(FP), R(X)
	MOVD n+16(FP), R(N)
	SUBS $8, R(N)
	BLT  tail

eight:
	LDPQ(0, 1, Y, 0)
	LDPQ_POST(2, 3, X, 32)
	FADD(0, 0, 2)
	FADD(1, 1, 3)
	STPQ_POST(0, 1, Y, 32)
	SUBS $8, R(N)
	BGE  eight

tail:
	ADDS $8, R(N)
	BEQ  done

one:
	LDRS_POST(0, Y, 0)
	LDRS_POST(2, X, 4)
	FADD(0, 0, 2)
	STRS_POST(0, Y, 4)
	SUBS $1, R(N)
	BNE  one

done:
	RET
