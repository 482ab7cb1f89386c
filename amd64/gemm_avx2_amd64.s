#include "textflag.h"
#include "gemm.h"

// A tile is 8 weight rows by 4 tokens.
#define RECORD 32
#define TOKENS 4

// Y0 to Y3 are the sums of each token, Y4 to Y7 its results. Y8, Y9 and Y13 hold
// weights, their scales or their minimums, Y10 and Y11 activations and products,
// Y12 words of one.
#define EACH(DO, at) \
	DO(at, 0, Y0, Y4); \
	DO(at, 1, Y1, Y5); \
	DO(at, 2, Y2, Y6); \
	DO(at, 3, Y3, Y7)

#define CONSTANTS VMOVDQU ·words1(SB), Y12

#define LOAD(at, t, s, r) \
	VMOVUPS (YROW), r; \
	ADDQ    LDY, YROW
#define CLEAR(at, t, s, r) VXORPS r, r, r
#define STORE(at, t, s, r) \
	VMOVUPS r, (Y); \
	ADDQ    LDY, Y

#define START(at, t, s, r) VPBROADCASTD (at+4*t)(GSUM), s
#define ZERO(at, t, s, r) VPXOR s, s, s

// HALF takes values of six bits: four products fit 16, 4*63*127 = 32004.
#define HALF(k) \
	PAIR(k); \
	PAIR(k+2)
#define PAIR(k) \
	VMOVDQU ((k)*RECORD)(W), Y8; \
	VMOVDQU ((k)*RECORD+RECORD)(W), Y9; \
	EACH(PRODUCTS, 4*(k))
#define PRODUCTS(at, t, s, r) \
	VPBROADCASTD (at+32*t)(GA), Y10; \
	VPBROADCASTD (at+32*t+4)(GA), Y11; \
	VPMADDUBSW   Y10, Y8, Y10; \
	VPMADDUBSW   Y11, Y9, Y11; \
	VPADDW       Y11, Y10, Y10; \
	VPMADDWD     Y12, Y10, Y10; \
	VPADDD       Y10, s, s

// HALFWIDE takes values of eight bits: two products of magnitudes fit 16 bits,
// 2*128*127 = 32512, and the activations take the signs.
#define HALFWIDE(k) \
	WORDWIDE(k+0); \
	WORDWIDE(k+1); \
	WORDWIDE(k+2); \
	WORDWIDE(k+3)
#define WORDWIDE(k) \
	VMOVDQU ((k)*RECORD)(W), Y8; \
	VPABSB  Y8, Y13; \
	EACH(PRODUCTSWIDE, 4*(k))
#define PRODUCTSWIDE(at, t, s, r) \
	VPBROADCASTD (at+32*t)(GA), Y10; \
	VPSIGNB      Y8, Y10, Y10; \
	VPMADDUBSW   Y10, Y13, Y10; \
	VPMADDWD     Y12, Y10, Y10; \
	VPADDD       Y10, s, s
#define BY32WIDE \
	EACH(ZERO, 0); \
	HALFWIDE(0); \
	HALFWIDE(4); \
	SCALED(0)

#define SCALED(w) \
	VMOVUPS (w)(WSCALE), Y8; \
	EACH(SCALE1, 0)
#define SCALE1(at, t, s, r) \
	VBROADCASTSS (4*t)(GSCALE), Y10; \
	VCVTDQ2PS    s, s; \
	VMULPS       Y10, s, s; \
	VFMADD231PS  Y8, s, r

#define MINIMUMS(w, a) \
	VMOVUPS (w)(WMIN), Y8; \
	EACH(MINIMUM1, a)
#define MINIMUM1(at, t, s, r) \
	VBROADCASTSS (at+4*t)(GSUM), Y10; \
	VFMADD231PS  Y10, Y8, r

#define WEIGHTS(w) VMOVUPS (w)(W), Y8
#define MULTIPLY(at, t, s, r) \
	VBROADCASTSS (at+4*t)(GA), Y10; \
	VFMADD231PS  Y10, Y8, r
#define MULTIPLY2(at, t, s, r) \
	VBROADCASTSS (at+4*t)(GA), Y10; \
	VFMADD231PS  Y10, Y8, s
#define JOIN(at, t, s, r) VADDPS s, r, r

#define GROUP BY32
#define SCALES 1
// func GemmAVX2By32(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
TEXT ·GemmAVX2By32(SB), NOSPLIT, $0-128
#include "gemm_loop.h"

#define GROUP BY32MIN
#define SCALES 1
// func GemmAVX2By32Min(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
TEXT ·GemmAVX2By32Min(SB), NOSPLIT, $0-128
#include "gemm_loop.h"

#define GROUP BY16
#define SCALES 2
// func GemmAVX2By16(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
TEXT ·GemmAVX2By16(SB), NOSPLIT, $0-128
#include "gemm_loop.h"

#define GROUP BY16MIN
#define SCALES 2
// func GemmAVX2By16Min(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
TEXT ·GemmAVX2By16Min(SB), NOSPLIT, $0-128
#include "gemm_loop.h"

#define GROUP BY32WIDE
#define SCALES 1
// func GemmAVX2By32Wide(y *float32, ldy int, w *int8, wScale, wMin *float32, a *int8, scale, sum *float32, groups, tiles, aStep, scaleStep, sumStep, add int, ahead *byte, aheadStep int)
TEXT ·GemmAVX2By32Wide(SB), NOSPLIT, $0-128
#include "gemm_loop.h"

// func GemmAVX2Float(y *float32, ldy int, w, a *float32, cols, tiles, aStep, add int)
TEXT ·GemmAVX2Float(SB), NOSPLIT, $0-64
#include "gemm_float.h"
