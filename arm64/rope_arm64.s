#include "textflag.h"
#include "neon.h"

// Rotary position embedding: pairs of numbers turned by angles whose cosines and
// sines alternate in a table. Every product is rounded, as in Go.

#define X 0 // first numbers of pairs
#define O 4 // where pairs go
#define Z 1 // second numbers
#define T 2
#define N 3

#define A 0
#define B 1
#define C 2 // cosines; 3: sines
#define P 4
#define Q 5

// TURN replaces (A, B) by (A cos - B sin, A sin + B cos).
#define TURN \
	FMUL(P, A, C) \
	FMUL(Q, B, C+1) \
	FMUL(A, A, C+1) \
	FMUL(B, B, C) \
	FADD(B, A, B) \
	FSUB(A, P, Q)

// func RopePairs(x, t *float32, n int)
TEXT ·RopePairs(SB), NOSPLIT, $0-24
	MOVD x+0(FP), R(X)
	MOVD t+8(FP), R(T)
	MOVD n+16(FP), R(N)
	MOVD R(X), R(O)

pairs:
	LD2S_POST(A, X)
	LD2S_POST(C, T)
	TURN
	ST2S_POST(A, O)
	SUBS $8, R(N)
	BNE  pairs
	RET

// func RopeHalves(x, t *float32, n int)
TEXT ·RopeHalves(SB), NOSPLIT, $0-24
	MOVD x+0(FP), R(X)
	MOVD t+8(FP), R(T)
	MOVD n+16(FP), R(N)
	ADD  R(N)<<1, R(X), R(Z)

halves:
	LDRQ(A, X, 0)
	LDRQ(B, Z, 0)
	LD2S_POST(C, T)
	TURN
	STRQ_POST(A, X, 16)
	STRQ_POST(B, Z, 16)
	SUBS $8, R(N)
	BNE  halves
	RET
