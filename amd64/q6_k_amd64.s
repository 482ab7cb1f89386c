#include "textflag.h"
#include "block.h"
#include "values.h"
#include "k.h"
#include "k16.h"

// Q6_K: 128 bytes of nibbles and 64 of pairs of bits, which hold the values plus 32,
// 16 int8 scales, d f16. Of each 64 bytes of nibbles, the low halves are 64 weights
// and the high ones the next.
#define BLOCK 210
#define GEMV \
	LOADHEADS(194); \
	WIDENHEADS(X3, V6, V14); \
	LOADHEADS(192); \
	VINSERTI128 $1, X1, Y0, Y5; \
	VINSERTI128 $1, X3, Y2, Y6; \
	PASSES(PASS)
#define PASSSCALES(n, order) SCALESSIGNED(order)
#define PASSBIAS UNBIAS16(·bytes32(SB))
#define LOWNIBBLES AND BYTES15, V0, V0
#define HIGHNIBBLES \
	VPSRLW $4, V0, V0; \
	AND    BYTES15, V0, V0
#define PASSDOT(row, to, ql, HALVES, SHIFT4, n4, q, n0, SHIFT2, n2) \
	VMOVUPS (ql)row, V0; \
	HALVES; \
	LOADBITS2(128+q, row, V1); \
	SIXBITS(V0, V1, SHIFT4, n4, V1); \
	DOT16(V0, to)

// SIXBITS adds pairs of bits to nibbles.
#define SIXBITS(v, pairs, SHIFT, n, t) \
	SHIFT n, pairs, t; \
	AND   BYTES48, t, t; \
	OR    t, v, v

#define UNPACK \
	LOADWORDS(194); \
	F16HIGH(V3, V8); \
	LOADWORDS(192); \
	PUTNUMBERS(V0, VPSRAD, V8, PUTSCALE, 0); \
	PUTNUMBERS(V1, VPSRAD, V8, PUTSCALE, 4); \
	PUTNUMBERS(V2, VPSRAD, V8, PUTSCALE, 8); \
	PUTNUMBERS(V3, VPSRAD, V8, PUTSCALE, 12); \
	PUTHALF(0, 0, 0); \
	PUTHALF(16, 16, 4); \
	PUTHALF(64, 32, 32); \
	PUTHALF(80, 48, 36)
#define PUTHALF(ql, qh, word) \
	KEEPWORDS(128+qh); \
	PUTSIX4(ql, word, VPSLLW, $4, VPSRLW, $0); \
	PUTSIX4(ql+32, word+8, VPSLLW, $2, VPSRLW, $2)
#define PUTSIX4(ql, word, SHIFT0, n0, SHIFT1, n1) \
	LOADWORDS(ql); \
	PUTSIX(V0, V8, word, SHIFT0, n0, SHIFT1, n1); \
	PUTSIX(V1, V9, word+1, SHIFT0, n0, SHIFT1, n1); \
	PUTSIX(V2, V10, word+2, SHIFT0, n0, SHIFT1, n1); \
	PUTSIX(V3, V11, word+3, SHIFT0, n0, SHIFT1, n1)
#define PUTSIX(v, pairs, word, SHIFT0, n0, SHIFT1, n1) \
	NIBBLES(v, v, V4); \
	SIXBITS(v, pairs, SHIFT0, n0, V7); \
	SIXBITS(V4, pairs, SHIFT1, n1, V7); \
	BIAS32(v); \
	BIAS32(V4); \
	PUT(v, word); \
	PUT(V4, word+16)

#include "avx2.h"

// func GemvAVX2Q6_K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvAVX2Q6_K(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackAVX2Q6_K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackAVX2Q6_K(SB), NOSPLIT, $0-48
#include "unpack.h"

#include "vnni.h"

// func GemvVNNIQ6_K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvVNNIQ6_K(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackVNNIQ6_K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackVNNIQ6_K(SB), NOSPLIT, $0-48
#include "unpack.h"
