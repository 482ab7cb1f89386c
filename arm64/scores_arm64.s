#include "textflag.h"
#include "neon.h"

// Attention scores: one query against rows of f16 keys, four rows at a time.

#define SP     0 // scores
#define QP     1
#define KP     2 // the next row
#define STRIDE 3
#define N      4 // rows to go
#define DIM    5
#define P0     6 // the four rows
#define P1     7
#define P2     8
#define P3     9
#define Q      10
#define J      11 // numbers to go

#define A0 0  // sums of the four rows, 0 to 3
#define B0 4  // and of their other halves, 4 to 7
#define Q0 8  // eight numbers of the query
#define Q1 9
#define H0 16 // eight f16 of each row, 16 to 19
#define L0 20 // as f32, 20 to 23
#define U0 24 // 24 to 27

#define ROW(r, P) \
	LDRQ_POST(H0+r, P, 16) \
	FCVTL(L0+r, H0+r) \
	FCVTL2(U0+r, H0+r) \
	FMLA(A0+r, L0+r, Q0) \
	FMLA(B0+r, U0+r, Q1)

// func Scores(s, q *float32, k *uint16, stride, n, dim int)
TEXT ·Scores(SB), NOSPLIT, $0-48
	MOVD s+0(FP), R(SP)
	MOVD q+8(FP), R(QP)
	MOVD k+16(FP), R(KP)
	MOVD stride+24(FP), R(STRIDE)
	MOVD n+32(FP), R(N)
	MOVD dim+40(FP), R(DIM)
	SUBS $4, R(N)
	BLT  tail

rows:
	MOVD R(KP), R(P0)
	ADD  R(STRIDE), R(P0), R(P1)
	ADD  R(STRIDE), R(P1), R(P2)
	ADD  R(STRIDE), R(P2), R(P3)
	ADD  R(STRIDE), R(P3), R(KP)
	MOVD R(QP), R(Q)
	MOVD R(DIM), R(J)
	MOVI16B(A0+0, 0)
	MOVI16B(A0+1, 0)
	MOVI16B(A0+2, 0)
	MOVI16B(A0+3, 0)
	MOVI16B(B0+0, 0)
	MOVI16B(B0+1, 0)
	MOVI16B(B0+2, 0)
	MOVI16B(B0+3, 0)

eight:
	LDPQ_POST(Q0, Q1, Q, 32)
	ROW(0, P0)
	ROW(1, P1)
	ROW(2, P2)
	ROW(3, P3)
	SUBS $8, R(J)
	BNE  eight

	FADD(A0+0, A0+0, B0+0)
	FADD(A0+1, A0+1, B0+1)
	FADD(A0+2, A0+2, B0+2)
	FADD(A0+3, A0+3, B0+3)
	FADDP(A0+0, A0+0, A0+1)
	FADDP(A0+2, A0+2, A0+3)
	FADDP(A0+0, A0+0, A0+2)
	STRQ_POST(A0, SP, 16)
	SUBS $4, R(N)
	BGE  rows

tail:
	ADDS $4, R(N)
	BEQ  done

row:
	MOVD R(KP), R(P0)
	ADD  R(STRIDE), R(KP)
	MOVD R(QP), R(Q)
	MOVD R(DIM), R(J)
	MOVI16B(A0, 0)
	MOVI16B(B0, 0)

rowEight:
	LDPQ_POST(Q0, Q1, Q, 32)
	ROW(0, P0)
	SUBS $8, R(J)
	BNE  rowEight

	// In the order of the four rows: the result depends on the row alone.
	FADD(A0, A0, B0)
	FADDP(A0, A0, A0)
	FADDP(A0, A0, A0)
	STRS_POST(A0, SP, 4)
	SUBS $1, R(N)
	BNE  row

done:
	RET
