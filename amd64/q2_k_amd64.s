#include "textflag.h"
#include "block.h"
#include "values.h"
#include "k.h"
#include "k16.h"

// Q2_K: 16 bytes of 4-bit scales and, in their high halves, minimums, 64 of pairs of
// bits, d f16, dmin f16.
#define BLOCK 84
#define GEMV \
	LOADHEADS(0); \
	VINSERTI128 $1, X1, Y0, Y9; \
	VINSERTI128 $1, X3, Y2, Y6; \
	LOADHEADS(68); \
	WIDENHEADS(X3, V14, V3); \
	VMOVDQA Y9, Y5; \
	PASSES(PASS)

// PASSSCALES takes the low halves as scales, after it has added the minimums.
#define PASSSCALES(n, order) \
	VPSHUFB      order, X15, X15; \
	VPMOVZXBD    X15, V0; \
	VPSRLD       $4, V0, V1; \
	VCVTDQ2PS    V1, V1; \
	VMULPS       V3, V1, V1; \
	SPREAD(4*LANES*n, SUM, V15); \
	VFNMADD231PS V15, V1, F; \
	AND          BYTES15, V0, V0; \
	VCVTDQ2PS    V0, V0; \
	VMULPS       V14, V0, D
#define PASSBIAS
#define PASSDOT(row, to, ql, HALVES, SHIFT4, n4, q, n0, SHIFT2, n2) \
	PAIRS(16+q, row, n0); \
	DOTMIN(V0, A0, to)
#define PUTBITS(v, thirds, SHIFT, n)

// UNPACK: the scales in V8 to V11, d in V12, minus dmin in V13.
#define UNPACK \
	LOADWORDS(68); \
	F16LOW(V3, V12); \
	F16HIGH(V3, V13); \
	XOR ·signs(SB), V13, V13; \
	LOADWORDS(0); \
	PUTSCALES(V0, 0); \
	PUTSCALES(V1, 4); \
	PUTSCALES(V2, 8); \
	PUTSCALES(V3, 12); \
	PUTHALF(0, 0); \
	PUTHALF(16, 4)
#define PUTSCALES(v, group) \
	NIBBLES(v, v, V4); \
	PUTNUMBERS(v, VPSRLD, V12, PUTSCALE, group); \
	PUTNUMBERS(V4, VPSRLD, V13, PUTMIN, group)
#define PUTHALF(q, word) \
	PUTPAIRS(16+q, word, VPSLLW, $2, VPSLLW, $1, VPSRLW, $0, VPSRLW, $1); \
	PUTPAIRS(48+q, word+32, VPSRLW, $2, VPSRLW, $3, VPSRLW, $4, VPSRLW, $5)

#include "avx2.h"

// func GemvAVX2Q2_K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvAVX2Q2_K(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackAVX2Q2_K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackAVX2Q2_K(SB), NOSPLIT, $0-48
#include "unpack.h"

#include "vnni.h"

// func GemvVNNIQ2_K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvVNNIQ2_K(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackVNNIQ2_K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackVNNIQ2_K(SB), NOSPLIT, $0-48
#include "unpack.h"
