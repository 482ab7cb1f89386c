#include "textflag.h"
#include "neon.h"

// A panel of columns: eight neighbours of each f16 row are one column of it.

#define F      0 // the first half panel
#define G      1 // the second
#define V      2
#define STRIDE 3
#define N      4

// func UnpackColumns(f *float32, v *uint16, stride, cols int)
TEXT ·UnpackColumns(SB), NOSPLIT, $0-32
	MOVD f+0(FP), R(F)
	MOVD v+8(FP), R(V)
	MOVD stride+16(FP), R(STRIDE)
	MOVD cols+24(FP), R(N)
	ADD  R(N)<<4, R(F), R(G)

column:
	LDRQ(0, V, 0)
	ADD  R(STRIDE), R(V)
	FCVTL(1, 0)
	FCVTL2(2, 0)
	STRQ_POST(1, F, 16)
	STRQ_POST(2, G, 16)
	SUBS $1, R(N)
	BNE  column
	RET
