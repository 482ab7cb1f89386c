#include "textflag.h"
#include "neon.h"
#include "tile.h"

// GEMM without SDOT: half a panel, 4 weight rows, by tiles of 4 tokens, twice.
// A group's weights stay in registers while the tokens pass by. The multiplier
// takes one instruction of 8 products a cycle, so everything else is to run
// beside it: the sums of one token are finished between the products of the next.

// General registers.
#define Y      0  // y of the tile's first token
#define LDY    1  // bytes from one token's row of y to the next

#define A      5  // the tile
#define AS     6  // its scales
#define AM     7  // its sums
#define GROUPS 8
#define TILES  9
#define N      10 // groups to go
#define HALF   11 // the second half panel is next
#define WP     12 // the half panel's values, scales, minimums
#define WSP    13
#define WMP    14
#define AP     15 // the tile's values, scales, sums
#define ASP    16
#define AMP    17
#define YP     19 // y of this half of the tile's tokens
#define TMP    20

// Vectors.
#define V0     0  // weights 0 to 15 of the four rows
#define V4     4  // weights 16 to 31
#define SW0    8  // weight scales; with scales by 16, of the first half group
#define MW0    9  // minimums
#define I0     10 // int32 sums of the four rows, 10 to 13
#define SW1    10 // with scales by 16: those of the second half group
#define MW1    11
#define MA1    12
#define T0     14 // 14 to 17
#define U0     18 // 18 to 21
#define X0     22 // a token's 32 activations
#define X1     23
#define F0     24 // f32 sums of the four tokens, 24 to 27
#define SA     28 // activation scales of the four tokens
#define MA0    29 // activation sums
#define P      30 // product of the scales; with scales by 16, sums times the weights' scales

#define WEIGHTS \
	LDPQ_POST(V0+0, V4+0, WP, 32) \
	LDPQ_POST(V0+1, V4+1, WP, 32) \
	LDPQ_POST(V0+2, V4+2, WP, 32) \
	LDPQ_POST(V0+3, V4+3, WP, 32) \
	LDRQ_POST(SW0, WSP, 16) \
	LDRQ_POST(SA, ASP, 16)

#define LOW_PRODUCTS(R, V, X) \
	SMULL(R+0, V+0, X) \
	SMULL(R+1, V+1, X) \
	SMULL(R+2, V+2, X) \
	SMULL(R+3, V+3, X)

#define HIGH_PRODUCTS(R, V, X) \
	SMLAL2(R+0, V+0, X) \
	SMLAL2(R+1, V+1, X) \
	SMLAL2(R+2, V+2, X) \
	SMLAL2(R+3, V+3, X)

#define ACROSS(D, R) \
	SADDLP4S(D+0, R+0) \
	SADDLP4S(D+1, R+1) \
	SADDLP4S(D+2, R+2) \
	SADDLP4S(D+3, R+3)

// The steps that finish the four rows' sums of a token: across the lanes, to
// float, times the scales; minimums beside them.
#define FINISH_A(token) \
	ADDP4S(I0+0, I0+0, I0+1) \
	ADDP4S(I0+2, I0+2, I0+3) \
	FMULL(P, SW0, SA, token)
#define FINISH_B ADDP4S(I0+0, I0+0, I0+2)
#define FINISH_C(token) FMLA(F0+token, I0, P)
#define MINIMUM0(token) FMLAL(F0+token, MW0, MA0, token)
#define MINIMUM1(token) FMLAL(F0+token, MW1, MA1, token)
#define NOTHING(token)

// TOKEN multiplies a token with 32 columns. A to C finish the one before.
#define TOKEN(A, B, C) \
	LDPQ_POST(X0, X1, AP, 32) \
	LOW_PRODUCTS(T0, V0, X0) \
	A \
	HIGH_PRODUCTS(T0, V0, X0) \
	B \
	LOW_PRODUCTS(U0, V4, X1) \
	SCVTF(I0, I0) \
	HIGH_PRODUCTS(U0, V4, X1) \
	C \
	ACROSS(I0, T0) \
	SADALP4S(I0+0, U0+0) \
	SADALP4S(I0+1, U0+1) \
	SADALP4S(I0+2, U0+2) \
	SADALP4S(I0+3, U0+3)

#define TOKEN_AFTER(before, MINIMUM) \
	TOKEN(FINISH_A(before), FINISH_B; MINIMUM(before), FINISH_C(before))

#define GROUP32(MINIMUM) \
	WEIGHTS \
	TOKEN(NOTHING(), NOTHING(), NOTHING()) \
	TOKEN_AFTER(0, MINIMUM) \
	TOKEN_AFTER(1, MINIMUM) \
	TOKEN_AFTER(2, MINIMUM) \
	FINISH_A(3) \
	FINISH_B \
	MINIMUM(3) \
	SCVTF(I0, I0) \
	FINISH_C(3)

// With scales by 16, BESIDE multiplies a token with 16 columns in R and takes the
// half before, in Q, across the lanes and to float.
#define BESIDE(R, V, X, Q, MINIMUM) \
	SMULL(R+0, V+0, X) \
	SADDLP4S(Q+0, Q+0) \
	SMULL(R+1, V+1, X) \
	SADDLP4S(Q+1, Q+1) \
	SMULL(R+2, V+2, X) \
	SADDLP4S(Q+2, Q+2) \
	SMULL(R+3, V+3, X) \
	SADDLP4S(Q+3, Q+3) \
	SMLAL2(R+0, V+0, X) \
	ADDP4S(Q+0, Q+0, Q+1) \
	SMLAL2(R+1, V+1, X) \
	ADDP4S(Q+2, Q+2, Q+3) \
	SMLAL2(R+2, V+2, X) \
	MINIMUM \
	SMLAL2(R+3, V+3, X) \
	ADDP4S(Q+0, Q+0, Q+2) \
	SCVTF(Q, Q)

// A half's sums are multiplied by its weights' scales, both by the token's.
#define FINISH_FIRST FMUL(P, T0, SW0)
#define FINISH_SECOND(token) \
	FMLA(P, U0, SW1) \
	FMLAL(F0+token, P, SA, token)

#define TOKEN16_AFTER(before, token, MINIMUM0, MINIMUM1) \
	LDPQ_POST(X0, X1, AP, 32) \
	BESIDE(T0, V0, X0, U0, MINIMUM1(before)) \
	FINISH_SECOND(before) \
	BESIDE(U0, V4, X1, T0, MINIMUM0(token)) \
	FINISH_FIRST

#define GROUP16(MINIMUM0, MINIMUM1) \
	WEIGHTS \
	LDRQ_POST(SW1, WSP, 16) \
	LDPQ_POST(X0, X1, AP, 32) \
	LOW_PRODUCTS(T0, V0, X0) \
	HIGH_PRODUCTS(T0, V0, X0) \
	BESIDE(U0, V4, X1, T0, MINIMUM0(0)) \
	FINISH_FIRST \
	TOKEN16_AFTER(0, 1, MINIMUM0, MINIMUM1) \
	TOKEN16_AFTER(1, 2, MINIMUM0, MINIMUM1) \
	TOKEN16_AFTER(2, 3, MINIMUM0, MINIMUM1) \
	ACROSS(U0, U0) \
	ADDP4S(U0+0, U0+0, U0+1) \
	ADDP4S(U0+2, U0+2, U0+3) \
	MINIMUM1(3) \
	ADDP4S(U0+0, U0+0, U0+2) \
	SCVTF(U0, U0) \
	FINISH_SECOND(3)

// func GemmNeon32(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
TEXT ·GemmNeon32(SB), NOSPLIT, $0-128
#define GROUP GROUP32(NOTHING)
#include "gemm_neon.h"
#undef GROUP

// func GemmNeon32Min(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
TEXT ·GemmNeon32Min(SB), NOSPLIT, $0-128
#define GROUP \
	LDRQ_POST(MW0, WMP, 16) \
	LDRQ_POST(MA0, AMP, 16) \
	GROUP32(MINIMUM0)
#include "gemm_neon.h"
#undef GROUP

// func GemmNeon16(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
TEXT ·GemmNeon16(SB), NOSPLIT, $0-128
#define GROUP GROUP16(NOTHING, NOTHING)
#include "gemm_neon.h"
#undef GROUP

// func GemmNeon16Min(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
TEXT ·GemmNeon16Min(SB), NOSPLIT, $0-128
#define GROUP \
	LDPQ_POST(MW0, MW1, WMP, 32) \
	LDPQ_POST(MA0, MA1, AMP, 32) \
	GROUP16(MINIMUM0, MINIMUM1)
#include "gemm_neon.h"
#undef GROUP
