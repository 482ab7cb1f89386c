#include "textflag.h"
#include "neon.h"
#include "exp.h"

#define X 0
#define P 1
#define N 2
#define O 3 // where results go: a pointer of its own lets the next turn begin early
#define T 4 // the table of constants

#define V      0
#define LARGE  1 // the largest number, in every lane
#define SUM    2
#define SCALE  3 // in lane 0
#define T0     4
#define T1     5
#define T2     6
#define SUM1   7 // the sum of the tail, in lane 0

#define WEIGH \
	FSUB(V, V, LARGE) \
	FMULL(V, V, SCALE, 0) \
	EXP(V, T0, T1, T2)

// func Softmax(x *float32, n int, scale float32)
TEXT ·Softmax(SB), NOSPLIT, $0-20
	MOVD  x+0(FP), R(X)
	FMOVS scale+16(FP), F3
	EXP_CONSTANTS(T)

	// The largest number.
	MOVD R(X), R(P)
	LD1RS_POST(LARGE, P)
	MOVD x+0(FP), R(P)
	MOVD n+8(FP), R(N)
	SUBS $4, R(N)
	BLT  maxTail

max4:
	LDRQ_POST(V, P, 16)
	FMAX(LARGE, LARGE, V)
	SUBS $4, R(N)
	BGE  max4

maxTail:
	FMAXV(LARGE, LARGE)
	ADDS $4, R(N)
	BEQ  weigh

max1:
	LDRS_POST(V, P, 4)
	FMAX(LARGE, LARGE, V)
	SUBS $1, R(N)
	BNE  max1

	// exp(scale * (x - largest)), and the sum of them.
weigh:
	FMOVS F1, R4
	DUP4S_R(LARGE, T)
	MOVI16B(SUM, 0)
	MOVI16B(SUM1, 0)
	MOVD R(X), R(P)
	MOVD R(X), R(O)
	MOVD n+8(FP), R(N)
	SUBS $4, R(N)
	BLT  weighTail

weigh4:
	LDRQ_POST(V, P, 16)
	WEIGH
	FADD(SUM, SUM, V)
	STRQ_POST(V, O, 16)
	SUBS $4, R(N)
	BGE  weigh4

weighTail:
	ADDS $4, R(N)
	BEQ  divide

weigh1:
	LDRS_POST(V, P, 4)
	WEIGH
	FADD(SUM1, SUM1, V)
	STRS_POST(V, O, 4)
	SUBS $1, R(N)
	BNE  weigh1

	// Over the sum.
divide:
	FADDP(SUM, SUM, SUM)
	FADDP(SUM, SUM, SUM)
	FADD(SUM, SUM, SUM1)
	FDIV(SUM, ONE, SUM)
	MOVD R(X), R(P)
	MOVD n+8(FP), R(N)
	SUBS $4, R(N)
	BLT  divideTail

divide4:
	LDRQ(V, P, 0)
	FMULL(V, V, SUM, 0)
	STRQ_POST(V, P, 16)
	SUBS $4, R(N)
	BGE  divide4

divideTail:
	ADDS $4, R(N)
	BEQ  done

divide1:
	LDRS_POST(V, P, 0)
	FMULL(V, V, SUM, 0)
	STRS_POST(V, P, 4)
	SUBS $1, R(N)
	BNE  divide1

done:
	RET
