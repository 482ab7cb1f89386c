#include "textflag.h"
#include "neon.h"
#include "tile.h"

// GEMM by SDOT: a panel of 8 weight rows, as two vectors of 4, by tiles of 4
// tokens. A sum of 32 products for 4 rows and a token takes 8 SDOT, and three
// more vector operations to become a float and be scaled; see SCALE1.

// General registers.
#define Y      0  // y of the tile's first token
#define LDY    1  // bytes from one token's row of y to the next
#define W      2  // the panel's first half
#define WS     3  // its scales
#define WM     4  // its minimums
#define A      5  // the tile
#define AS     6  // its scales
#define AM     7  // its sums
#define GROUPS 8
#define TILES  9
#define HALF   10 // bytes of a half panel's values
#define BIAS   11 // 32 bytes of BIASV
#define N      12 // groups to go
#define W0P    13 // the first half's values, scales, minimums
#define WS0P   14
#define WM0P   15
#define W1P    16 // the second half's
#define WS1P   17
#define WM1P   19
#define AP     20 // the tile's values, scales, sums
#define ASP    21
#define AMP    22
#define TMP    23
#define SCALED 24 // bytes of a half panel's scales
#define Y1     13 // after the groups, y of the other tokens
#define Y2     14
#define Y3     15
#define ADDED  23 // whether y is added to

// Vectors. Sums are numbered half*4 + token.
#define I0     0  // int32 sums of a group, 0 to 7
#define T0     0  // after the groups, y
#define WA0    8  // words 0 and 1 of the first half, of the second
#define WA1    9
#define WB0    10
#define WB1    11
#define A0     12 // words 0 and 1 of the four tokens
#define A1     13
#define F0     16 // f32 sums, 16 to 23
#define SW0    24 // weight scales of both halves
#define SW1    25
#define SA     26 // activation scales of the four tokens
#define BIASV  27 // 12582912 in every lane
#define P0     28 // products of scales, 28 to 31

// An int32 that starts at the bits of the float 12582912 = 1.5*2^23 counts in
// that float's last place, so subtracting the float turns a sum below 2^22 into
// a float at a third of the price of SCVTF. Loading the start, too, takes no
// slot of the vector pipes, as a MOV would.
#define START \
	LDPQ(I0+0, I0+1, BIAS, 0) \
	LDPQ(I0+2, I0+3, BIAS, 0) \
	LDPQ(I0+4, I0+5, BIAS, 0) \
	LDPQ(I0+6, I0+7, BIAS, 0)

// PRODUCTS4 adds the products of one word of 4 columns.
#define PRODUCTS4(WA, WB, AV) \
	SDOTL(I0+0, WA, AV, 0) \
	SDOTL(I0+4, WB, AV, 0) \
	SDOTL(I0+1, WA, AV, 1) \
	SDOTL(I0+5, WB, AV, 1) \
	SDOTL(I0+2, WA, AV, 2) \
	SDOTL(I0+6, WB, AV, 2) \
	SDOTL(I0+3, WA, AV, 3) \
	SDOTL(I0+7, WB, AV, 3)

#define PRODUCTS8 \
	LDPQ_POST(A0, A1, AP, 32) \
	LDPQ_POST(WA0, WA1, W0P, 32) \
	LDPQ_POST(WB0, WB1, W1P, 32) \
	PRODUCTS4(WA0, WB0, A0) \
	PRODUCTS4(WA1, WB1, A1)

#define PRODUCTS16 \
	PRODUCTS8 \
	PRODUCTS8

#define WEIGHT_SCALES \
	LDRQ_POST(SW0, WS0P, 16) \
	LDRQ_POST(SW1, WS1P, 16)

#define TOKEN_SCALES LDRQ_POST(SA, ASP, 16)

// SCALE1 adds scale * sum for one half and token, SCALE for all.
#define SCALE1(half, token, SW, T) \
	FMULL(T, SW, SA, token) \
	FSUB(I0+half*4+token, I0+half*4+token, BIASV) \
	FMLA(F0+half*4+token, I0+half*4+token, T)

#define SCALE \
	SCALE1(0, 0, SW0, P0+0) \
	SCALE1(1, 0, SW1, P0+1) \
	SCALE1(0, 1, SW0, P0+2) \
	SCALE1(1, 1, SW1, P0+3) \
	SCALE1(0, 2, SW0, P0+0) \
	SCALE1(1, 2, SW1, P0+1) \
	SCALE1(0, 3, SW0, P0+2) \
	SCALE1(1, 3, SW1, P0+3)

// Scales by 16: both halves of a group of 32 are scaled by their weights' scale
// first, so that the token's scale is multiplied once. By then the registers of
// the words are free.
#define S0     24 // scaled sums, 24 to 31
#define BIASV2 14
#define SWA    WA0 // a half's weight scales in both halves of the panel
#define SWB    WB0
#define SA2    A0

#define HALF16(FIRST_OR_NEXT) \
	START \
	PRODUCTS16 \
	LDRQ_POST(SWA, WS0P, 16) \
	LDRQ_POST(SWB, WS1P, 16) \
	FIRST_OR_NEXT(0, SWA) \
	FIRST_OR_NEXT(4, SWB) \
	FIRST_OR_NEXT(1, SWA) \
	FIRST_OR_NEXT(5, SWB) \
	FIRST_OR_NEXT(2, SWA) \
	FIRST_OR_NEXT(6, SWB) \
	FIRST_OR_NEXT(3, SWA) \
	FIRST_OR_NEXT(7, SWB)

#define FIRST16(i, SW) \
	FSUB(I0+i, I0+i, BIASV2) \
	FMUL(S0+i, I0+i, SW)
#define NEXT16(i, SW) \
	FSUB(I0+i, I0+i, BIASV2) \
	FMLA(S0+i, I0+i, SW)

#define SCALE16 \
	LDRQ_POST(SA2, ASP, 16) \
	FMLAL(F0+0, S0+0, SA2, 0) \
	FMLAL(F0+4, S0+4, SA2, 0) \
	FMLAL(F0+1, S0+1, SA2, 1) \
	FMLAL(F0+5, S0+5, SA2, 1) \
	FMLAL(F0+2, S0+2, SA2, 2) \
	FMLAL(F0+6, S0+6, SA2, 2) \
	FMLAL(F0+3, S0+3, SA2, 3) \
	FMLAL(F0+7, S0+7, SA2, 3)

// MINIMUMS adds minimum * sum of activations, for all halves and tokens.
#define MINIMUMS(T) \
	LDRQ_POST(T+0, WM0P, 16) \
	LDRQ_POST(T+1, WM1P, 16) \
	LDRQ_POST(T+2, AMP, 16) \
	FMLAL(F0+0, T+0, T+2, 0) \
	FMLAL(F0+4, T+1, T+2, 0) \
	FMLAL(F0+1, T+0, T+2, 1) \
	FMLAL(F0+5, T+1, T+2, 1) \
	FMLAL(F0+2, T+0, T+2, 2) \
	FMLAL(F0+6, T+1, T+2, 2) \
	FMLAL(F0+3, T+0, T+2, 3) \
	FMLAL(F0+7, T+1, T+2, 3)

// 12582912.0 and so on: what sums start from.
DATA gemmBias<>+0(SB)/8, $0x4b4000004b400000
DATA gemmBias<>+8(SB)/8, $0x4b4000004b400000
DATA gemmBias<>+16(SB)/8, $0x4b4000004b400000
DATA gemmBias<>+24(SB)/8, $0x4b4000004b400000
GLOBL gemmBias<>(SB), RODATA|NOPTR, $32

// func GemmDot32(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
TEXT ·GemmDot32(SB), NOSPLIT, $0-128
#define HALF_GROUPS 1
#define BIAS_IN BIASV
#define GROUP \
	START \
	PRODUCTS16 \
	PRODUCTS16 \
	TOKEN_SCALES \
	WEIGHT_SCALES \
	SCALE
#include "gemm_dot.h"
#undef GROUP

// func GemmDot32Min(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
TEXT ·GemmDot32Min(SB), NOSPLIT, $0-128
#define GROUP \
	START \
	PRODUCTS16 \
	PRODUCTS16 \
	TOKEN_SCALES \
	WEIGHT_SCALES \
	SCALE \
	MINIMUMS(P0)
#include "gemm_dot.h"
#undef GROUP
#undef HALF_GROUPS
#undef BIAS_IN

// func GemmDot16(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
TEXT ·GemmDot16(SB), NOSPLIT, $0-128
#define HALF_GROUPS 2
#define BIAS_IN BIASV2
#define GROUP \
	HALF16(FIRST16) \
	HALF16(NEXT16) \
	SCALE16
#include "gemm_dot.h"
#undef GROUP

// func GemmDot16Min(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
TEXT ·GemmDot16Min(SB), NOSPLIT, $0-128
#define GROUP \
	HALF16(FIRST16) \
	HALF16(NEXT16) \
	SCALE16 \
	MINIMUMS(S0) \
	MINIMUMS(S0)
#include "gemm_dot.h"
#undef GROUP
