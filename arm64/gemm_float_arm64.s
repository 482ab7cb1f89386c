#include "textflag.h"
#include "neon.h"
#include "tile.h"

// GEMM of floats: a panel of 8 rows, as two vectors of 4, by tiles of 4 tokens.

#define Y     0
#define LDY   1
#define W     2
#define A     3
#define COLS  4
#define TILES 5
#define ASTEP 6
#define HALF  7  // bytes of half a panel
#define W0P   8
#define W1P   9
#define AP    10
#define N     11 // columns to go
#define Y1    12
#define Y2    13
#define Y3    14
#define ADDED 15

#define F0 0  // sums: half*4 + token
#define T0 8  // y, 8 to 15
#define WA 16 // two columns of the first half
#define WB 18 // of the second
#define AV 20 // of the tokens

#define COLUMN(i) \
	FMLAL(F0+0, WA+i, AV+i, 0) \
	FMLAL(F0+4, WB+i, AV+i, 0) \
	FMLAL(F0+1, WA+i, AV+i, 1) \
	FMLAL(F0+5, WB+i, AV+i, 1) \
	FMLAL(F0+2, WA+i, AV+i, 2) \
	FMLAL(F0+6, WB+i, AV+i, 2) \
	FMLAL(F0+3, WA+i, AV+i, 3) \
	FMLAL(F0+7, WB+i, AV+i, 3)

// func GemmNeonFloat(y *float32, ldy int, w, a *float32, cols, tiles, aStep, add int)
TEXT ·GemmNeonFloat(SB), NOSPLIT, $0-64
	MOVD y+0(FP), R(Y)
	MOVD ldy+8(FP), R(LDY)
	MOVD w+16(FP), R(W)
	MOVD a+24(FP), R(A)
	MOVD cols+32(FP), R(COLS)
	MOVD tiles+40(FP), R(TILES)
	MOVD aStep+48(FP), R(ASTEP)
	MOVD add+56(FP), R(ADDED)
	LSL  $2, R(LDY)
	LSL  $4, R(COLS), R(HALF)

tile:
	MOVD R(W), R(W0P)
	ADD  R(HALF), R(W), R(W1P)
	MOVD R(A), R(AP)
	ADD  R(ASTEP), R(A)
	CLEAR_TILE
	SUBS $2, R(COLS), R(N)
	BLT  last

two:
	LDPQ_POST(AV, AV+1, AP, 32)
	LDPQ_POST(WA, WA+1, W0P, 32)
	LDPQ_POST(WB, WB+1, W1P, 32)
	COLUMN(0)
	COLUMN(1)
	SUBS $2, R(N)
	BGE  two

last:
	ADDS $2, R(N)
	BEQ  result
	LDRQ_POST(AV, AP, 16)
	LDRQ_POST(WA, W0P, 16)
	LDRQ_POST(WB, W1P, 16)
	COLUMN(0)

result:
	RESULT
	SUBS $1, R(TILES)
	BNE  tile
	RET
