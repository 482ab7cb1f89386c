#include "textflag.h"
#include "neon.h"

#define Y 0
#define X 1
#define W 2
#define N 3
#define P 4

#define A0 0  // f64 sums of squares, 0 to 3
#define V0 4  // eight numbers
#define V1 5
#define D0 8  // the same as f64, 8 to 11
#define W0 12
#define W1 13
#define SV 16 // 1 / sqrt(mean + eps), in lane 0

// func RMSNorm(y, x, w *float32, n int, eps float32)
TEXT ·RMSNorm(SB), NOSPLIT, $0-36
	MOVD x+8(FP), R(P)
	MOVD n+24(FP), R(N)
	MOVI16B(A0+0, 0)
	MOVI16B(A0+1, 0)
	MOVI16B(A0+2, 0)
	MOVI16B(A0+3, 0)
	SUBS $8, R(N)
	BLT  squaresTail

	// Squares are added in f64, where none overflows.
squares:
	LDPQ_POST(V0, V1, P, 32)
	FCVTL_2D(D0+0, V0)
	FCVTL2_2D(D0+1, V0)
	FCVTL_2D(D0+2, V1)
	FCVTL2_2D(D0+3, V1)
	FMLA2D(A0+0, D0+0, D0+0)
	FMLA2D(A0+1, D0+1, D0+1)
	FMLA2D(A0+2, D0+2, D0+2)
	FMLA2D(A0+3, D0+3, D0+3)
	SUBS $8, R(N)
	BGE  squares

squaresTail:
	ADDS $8, R(N)
	BEQ  scale

square:
	LDRS_POST(V0, P, 4)
	FCVTL_2D(D0, V0)
	FMLA2D(A0+0, D0+0, D0+0)
	SUBS $1, R(N)
	BNE  square

scale:
	FADD2D(A0+0, A0+0, A0+1)
	FADD2D(A0+2, A0+2, A0+3)
	FADD2D(A0+0, A0+0, A0+2)
	FADDP2D(A0, A0)
	MOVD    n+24(FP), R(N)
	SCVTFD  R3, F1
	FDIVD   F1, F0, F0
	FMOVS   eps+32(FP), F1
	FCVTSD  F1, F1
	FADDD   F1, F0, F0
	FSQRTD  F0, F0
	FMOVD   $1.0, F1
	FDIVD   F0, F1, F0
	FCVTDS  F0, F16
	MOVD    y+0(FP), R(Y)
	MOVD    x+8(FP), R(X)
	MOVD    w+16(FP), R(W)
	SUBS    $8, R(N)
	BLT     timesTail

times:
	LDPQ_POST(V0, V1, X, 32)
	LDPQ_POST(W0, W1, W, 32)
	FMULL(V0, V0, SV, 0)
	FMULL(V1, V1, SV, 0)
	FMUL(V0, V0, W0)
	FMUL(V1, V1, W1)
	STPQ_POST(V0, V1, Y, 32)
	SUBS $8, R(N)
	BGE  times

timesTail:
	ADDS $8, R(N)
	BEQ  done

time:
	LDRS_POST(V0, X, 4)
	LDRS_POST(W0, W, 4)
	FMULL(V0, V0, SV, 0)
	FMUL(V0, V0, W0)
	STRS_POST(V0, Y, 4)
	SUBS $1, R(N)
	BNE  time

done:
	RET
