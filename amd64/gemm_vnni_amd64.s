#include "textflag.h"
#include "gemm.h"

// A tile is 32 weight rows by 6 tokens.
#define RECORD 128
#define TOKENS 6

// Z0 to Z11 are the sums of each token, by weight rows 0 to 15 and 16 to 31; Z12
// to Z23 the results in the same order. Z24 and Z25 hold weights, their scales or
// their minimums, Z26 activations.
#define EACH(DO, at) \
	DO(at, 0, Z0, Z1, Z12, Z13); \
	DO(at, 1, Z2, Z3, Z14, Z15); \
	DO(at, 2, Z4, Z5, Z16, Z17); \
	DO(at, 3, Z6, Z7, Z18, Z19); \
	DO(at, 4, Z8, Z9, Z20, Z21); \
	DO(at, 5, Z10, Z11, Z22, Z23)

#define CONSTANTS

#define LOAD(at, t, s0, s1, r0, r1) \
	VMOVUPS (YROW), r0; \
	VMOVUPS 64(YROW), r1; \
	ADDQ    LDY, YROW
#define CLEAR(at, t, s0, s1, r0, r1) \
	VPXORD r0, r0, r0; \
	VPXORD r1, r1, r1
#define STORE(at, t, s0, s1, r0, r1) \
	VMOVUPS r0, (Y); \
	VMOVUPS r1, 64(Y); \
	ADDQ    LDY, Y

#define START(at, t, s0, s1, r0, r1) \
	VPBROADCASTD (at+4*t)(GSUM), s0; \
	VMOVDQA32    s0, s1
#define ZERO(at, t, s0, s1, r0, r1) \
	VPXORD s0, s0, s0; \
	VPXORD s1, s1, s1

#define HALF(k) \
	WORD(k+0); \
	WORD(k+1); \
	WORD(k+2); \
	WORD(k+3)
#define WORD(k) \
	VMOVDQU32 ((k)*RECORD)(W), Z24; \
	VMOVDQU32 ((k)*RECORD+64)(W), Z25; \
	EACH(PRODUCTS, 4*(k))
#define PRODUCTS(at, t, s0, s1, r0, r1) \
	VPBROADCASTD (at+32*t)(GA), Z26; \
	VPDPBUSD     Z26, Z24, s0; \
	VPDPBUSD     Z26, Z25, s1

#define SCALED(w) \
	VMOVUPS (w)(WSCALE), Z24; \
	VMOVUPS (w+64)(WSCALE), Z25; \
	EACH(SCALE1, 0)
#define SCALE1(at, t, s0, s1, r0, r1) \
	VCVTDQ2PS   s0, s0; \
	VCVTDQ2PS   s1, s1; \
	VMULPS.BCST (4*t)(GSCALE), s0, s0; \
	VMULPS.BCST (4*t)(GSCALE), s1, s1; \
	VFMADD231PS Z24, s0, r0; \
	VFMADD231PS Z25, s1, r1

#define MINIMUMS(w, a) \
	VMOVUPS (w)(WMIN), Z24; \
	VMOVUPS (w+64)(WMIN), Z25; \
	EACH(MINIMUM1, a)
#define MINIMUM1(at, t, s0, s1, r0, r1) \
	VFMADD231PS.BCST (at+4*t)(GSUM), Z24, r0; \
	VFMADD231PS.BCST (at+4*t)(GSUM), Z25, r1

#define WEIGHTS(w) \
	VMOVUPS (w)(W), Z24; \
	VMOVUPS (w+64)(W), Z25
#define MULTIPLY(at, t, s0, s1, r0, r1) \
	VFMADD231PS.BCST (at+4*t)(GA), Z24, r0; \
	VFMADD231PS.BCST (at+4*t)(GA), Z25, r1
#define MULTIPLY2(at, t, s0, s1, r0, r1) MULTIPLY(at, t, s0, s1, r0, r1)
#define JOIN(at, t, s0, s1, r0, r1)

#define GROUP BY32
#define SCALES 1
// func GemmVNNIBy32(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
TEXT ·GemmVNNIBy32(SB), NOSPLIT, $0-128
#include "gemm_loop.h"

#define GROUP BY32MIN
#define SCALES 1
// func GemmVNNIBy32Min(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
TEXT ·GemmVNNIBy32Min(SB), NOSPLIT, $0-128
#include "gemm_loop.h"

#define GROUP BY16
#define SCALES 2
// func GemmVNNIBy16(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
TEXT ·GemmVNNIBy16(SB), NOSPLIT, $0-128
#include "gemm_loop.h"

#define GROUP BY16MIN
#define SCALES 2
// func GemmVNNIBy16Min(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
TEXT ·GemmVNNIBy16Min(SB), NOSPLIT, $0-128
#include "gemm_loop.h"

// func GemmVNNIFloat(y *float32, ldy int, w, a *float32, cols, tiles, aStep, add int)
TEXT ·GemmVNNIFloat(SB), NOSPLIT, $0-64
#include "gemm_float.h"
