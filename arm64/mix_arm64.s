#include "textflag.h"
#include "neon.h"

// Attention's mix of f16 values, 32 columns at a time: their sums stay in
// registers while the rows pass by.

#define OP     0
#define PP     1
#define VP     2 // the columns' first row
#define STRIDE 3
#define N      4
#define DIM    5 // columns to go
#define P      6 // weights
#define V      7 // the row
#define I      8 // rows to go

#define O0 0  // sums of 32 columns, 0 to 7
#define W  8  // the row's weight, in lane 0
#define H0 16 // 32 f16, 16 to 19
#define L0 20 // as f32, 20 to 23
#define U0 24 // 24 to 27

#define EIGHT(i) \
	FCVTL(L0+i, H0+i) \
	FCVTL2(U0+i, H0+i) \
	FMLAL(O0+2*i, L0+i, W, 0) \
	FMLAL(O0+2*i+1, U0+i, W, 0)

// func Mix(o, p *float32, v *uint16, stride, n, dim int)
TEXT ·Mix(SB), NOSPLIT, $0-48
	MOVD o+0(FP), R(OP)
	MOVD p+8(FP), R(PP)
	MOVD v+16(FP), R(VP)
	MOVD stride+24(FP), R(STRIDE)
	MOVD n+32(FP), R(N)
	MOVD dim+40(FP), R(DIM)

columns:
	LDPQ(O0+0, O0+1, OP, 0)
	LDPQ(O0+2, O0+3, OP, 32)
	LDPQ(O0+4, O0+5, OP, 64)
	LDPQ(O0+6, O0+7, OP, 96)
	MOVD R(PP), R(P)
	MOVD R(VP), R(V)
	MOVD R(N), R(I)

row:
	LDRS_POST(W, P, 4)
	LDPQ(H0+0, H0+1, V, 0)
	LDPQ(H0+2, H0+3, V, 32)
	EIGHT(0)
	EIGHT(1)
	EIGHT(2)
	EIGHT(3)
	ADD  R(STRIDE), R(V)
	SUBS $1, R(I)
	BNE  row

	STPQ_POST(O0+0, O0+1, OP, 32)
	STPQ_POST(O0+2, O0+3, OP, 32)
	STPQ_POST(O0+4, O0+5, OP, 32)
	STPQ_POST(O0+6, O0+7, OP, 32)
	ADD  $64, R(VP)
	SUBS $32, R(DIM)
	BNE  columns
	RET
