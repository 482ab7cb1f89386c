#include "textflag.h"
#include "neon.h"

// Four arrays become one, element by element: how activations are packed.

#define DST 0
#define A   1 // the four arrays
#define B   2
#define C   3
#define D   4
#define N   5 // elements to go

#define POINTERS \
	MOVD dst+0(FP), R(DST) \
	MOVD a+8(FP), R(A) \
	MOVD b+16(FP), R(B) \
	MOVD c+24(FP), R(C) \
	MOVD d+32(FP), R(D) \
	MOVD n+40(FP), R(N)

// func Interleave(dst, a, b, c, d *float32, n int)
TEXT ·Interleave(SB), NOSPLIT, $0-48
	POINTERS
	SUBS $4, R(N)
	BLT  tail

four:
	LDRQ_POST(0, A, 16)
	LDRQ_POST(1, B, 16)
	LDRQ_POST(2, C, 16)
	LDRQ_POST(3, D, 16)
	ST4S_POST(0, DST)
	SUBS $4, R(N)
	BGE  four

tail:
	ADDS $4, R(N)
	BEQ  done

one:
	LDRS_POST(0, A, 4)
	LDRS_POST(1, B, 4)
	LDRS_POST(2, C, 4)
	LDRS_POST(3, D, 4)
	STRS_POST(0, DST, 4)
	STRS_POST(1, DST, 4)
	STRS_POST(2, DST, 4)
	STRS_POST(3, DST, 4)
	SUBS $1, R(N)
	BNE  one

done:
	RET

// func InterleaveGroups(dst, a, b, c, d *int8, n int)
TEXT ·InterleaveGroups(SB), NOSPLIT, $0-48
	POINTERS

group:
	LDPQ_POST(0, 1, A, 32)
	LDPQ_POST(2, 3, B, 32)
	LDPQ_POST(4, 5, C, 32)
	LDPQ_POST(6, 7, D, 32)
	STPQ_POST(0, 1, DST, 32)
	STPQ_POST(2, 3, DST, 32)
	STPQ_POST(4, 5, DST, 32)
	STPQ_POST(6, 7, DST, 32)
	SUBS $1, R(N)
	BNE  group
	RET
