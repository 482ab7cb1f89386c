#include "textflag.h"
#include "block.h"
#include "values.h"
#include "k.h"
#include "k16.h"

// Q3_K: 32 bytes of third bits, 64 of pairs of bits, which together hold the values
// plus 4, 12 bytes of 6-bit scales plus 32, d f16. Bit i/32 of the i%32-th byte of
// third bits is that of weight i.
#define BLOCK 110
#define GEMV \
	LOADHEADS(94); \
	WIDENHEADS(X3, V6, V14); \
	LOADHEADS(92); \
	SCALES3(V1, V2, V3, V0, V4, V5); \
	VINSERTI128 $1, X2, Y1, Y5; \
	VINSERTI128 $1, X4, Y0, Y6; \
	PASSES(PASS)
#define PASSSCALES(n, order) SCALESSIGNED(order)
#define PASSBIAS UNBIAS16(·bytes4(SB))
#define PASSDOT(row, to, ql, HALVES, SHIFT4, n4, q, n0, SHIFT2, n2) \
	PAIRS(32+q, row, n0); \
	LOADBITS(0, row, V1); \
	HIGHBIT(V0, V1, SHIFT2, n2); \
	DOT16(V0, to)
#define HIGHBIT(v, thirds, SHIFT, n) \
	SHIFT n, thirds, V7; \
	AND   BYTES4, V7, V7; \
	OR    V7, v, v

// SCALES3 makes the three words of scales, a, b and c, bytes: those of groups 0 to
// 3 in a, 4 to 7 in b, 8 to 11 in d, 12 to 15 in e. Changes t.
#define SCALES3(a, b, c, d, e, t) \
	NIBBLES(a, a, d); \
	NIBBLES(b, b, e); \
	VPSLLW $4, c, t; \
	SIXTHBITS(t, a); \
	VPSLLW $2, c, t; \
	SIXTHBITS(t, b); \
	VPSRLW $0, c, t; \
	SIXTHBITS(t, d); \
	VPSRLW $2, c, t; \
	SIXTHBITS(t, e)
#define SIXTHBITS(high, v) \
	AND    BYTES48, high, high; \
	OR     high, v, v; \
	VPSUBB ·bytes32(SB), v, v

#define UNPACK \
	LOADWORDS(94); \
	F16HIGH(V3, V8); \
	LOADWORDS(92); \
	SCALES3(V1, V2, V3, V9, V10, V11); \
	PUTNUMBERS(V1, VPSRAD, V8, PUTSCALE, 0); \
	PUTNUMBERS(V2, VPSRAD, V8, PUTSCALE, 4); \
	PUTNUMBERS(V9, VPSRAD, V8, PUTSCALE, 8); \
	PUTNUMBERS(V10, VPSRAD, V8, PUTSCALE, 12); \
	PUTHALF(0, 0); \
	PUTHALF(16, 4)
#define PUTHALF(q, word) \
	KEEPWORDS(q); \
	PUTPAIRS(32+q, word, VPSLLW, $2, VPSLLW, $1, VPSRLW, $0, VPSRLW, $1); \
	PUTPAIRS(64+q, word+32, VPSRLW, $2, VPSRLW, $3, VPSRLW, $4, VPSRLW, $5)
#define PUTBITS(v, thirds, SHIFT, n) \
	HIGHBIT(v, thirds, SHIFT, n); \
	VPADDB BIASLESS4, v, v

#include "avx2.h"

// func GemvAVX2Q3_K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvAVX2Q3_K(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackAVX2Q3_K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackAVX2Q3_K(SB), NOSPLIT, $0-48
#include "unpack.h"

#include "vnni.h"

// func GemvVNNIQ3_K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvVNNIQ3_K(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackVNNIQ3_K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackVNNIQ3_K(SB), NOSPLIT, $0-48
#include "unpack.h"
