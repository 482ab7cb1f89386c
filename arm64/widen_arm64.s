#include "textflag.h"
#include "neon.h"

// A stretch of a KV cache in Q8_0, a block of 32 numbers at a time.

#define TO     0
#define ROWP   1 // the row
#define STRIDE 2
#define N      3 // rows to go
#define DIM    4
#define BP     5 // the block
#define I      6 // numbers of the row to go

#define D  0  // the block's scale, in lane 0
#define Q0 1  // its values, 1 and 2
#define H0 4  // as int16, 4 to 7
#define L0 16 // as f32, and as f16 in the end, 16 to 19
#define U0 20 // 20 to 23

// EIGHT widens eight int16 to f16.
#define EIGHT(i) \
	SXTL4S(L0+i, H0+i) \
	SXTL2_4S(U0+i, H0+i) \
	SCVTF(L0+i, L0+i) \
	SCVTF(U0+i, U0+i) \
	FMULL(L0+i, L0+i, D, 0) \
	FMULL(U0+i, U0+i, D, 0) \
	FCVTN(L0+i, L0+i) \
	FCVTN2(L0+i, U0+i)

// func Widen(dst *uint16, q *byte, stride, n, dim int)
TEXT ·Widen(SB), NOSPLIT, $0-40
	MOVD dst+0(FP), R(TO)
	MOVD q+8(FP), R(ROWP)
	MOVD stride+16(FP), R(STRIDE)
	MOVD n+24(FP), R(N)
	MOVD dim+32(FP), R(DIM)

row:
	MOVD R(ROWP), R(BP)
	MOVD R(DIM), R(I)

block:
	LDRH(D, BP, 0)
	LDRQ(Q0+0, BP, 2)
	LDRQ(Q0+1, BP, 18)
	FCVTL(D, D)
	SXTL8H(H0+0, Q0+0)
	SXTL2_8H(H0+1, Q0+0)
	SXTL8H(H0+2, Q0+1)
	SXTL2_8H(H0+3, Q0+1)
	EIGHT(0)
	EIGHT(1)
	EIGHT(2)
	EIGHT(3)
	STPQ_POST(L0+0, L0+1, TO, 32)
	STPQ_POST(L0+2, L0+3, TO, 32)
	ADD  $34, R(BP)
	SUBS $32, R(I)
	BNE  block
	ADD  R(STRIDE), R(ROWP)
	SUBS $1, R(N)
	BNE  row
	RET
