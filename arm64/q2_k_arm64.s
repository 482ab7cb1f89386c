#include "textflag.h"
#include "neon.h"
#include "block.h"

// Q2_K: 16 bytes of scales (low halves) and minimums (high halves), 64 bytes of
// values, d f16, dmin f16. Each 32 bytes of values hold 128 weights, a quarter of
// them in bits 0-1, 2-3 and so on.
#define BLOCK 84
#define MINIMUM
#define TWO K0 // 3
#define CONSTANTS
#define BLOCK_CONSTANTS MOVI16B(TWO, 3)

#define VALUES(p, g, v, w) LDPQ(v, w, p, 16+g/4*32)
#define MASKED(v, w) \
	AND(v, v, TWO) \
	AND(w, w, TWO)
#define QUARTER0(p, g, v, w, t, u) \
	VALUES(p, g, v, w) \
	MASKED(v, w)
#define QUARTER(p, g, v, w, t, u) \
	VALUES(p, g, v, w) \
	USHR16B(v, v, g%4*2) \
	USHR16B(w, w, g%4*2) \
	MASKED(v, w)
#define GROUPS(GROUP) \
	GROUP(0, QUARTER0) \
	GROUP(1, QUARTER) \
	GROUP(2, QUARTER) \
	GROUP(3, QUARTER) \
	GROUP(4, QUARTER0) \
	GROUP(5, QUARTER) \
	GROUP(6, QUARTER) \
	GROUP(7, QUARTER)

#define LOW K0 // 0x0f
#define BLOCK_SCALES \
	MOVI16B(LOW, 0x0f) \
	ROW_SCALES(P0, 0) \
	ROW_SCALES(P1, 1) \
	ROW_SCALES(P2, 2) \
	ROW_SCALES(P3, 3) \
	STORE16(DS) \
	ROW_MINIMUMS(P0, 0) \
	ROW_MINIMUMS(P1, 1) \
	ROW_MINIMUMS(P2, 2) \
	ROW_MINIMUMS(P3, 3) \
	STORE16(DM)
#define ROW_SCALES(p, r) \
	LDRQ(X0, p, 0) \
	LDRS(U0, p, 80) \
	FCVTL(U0, U0) \
	AND(X0, X0, LOW) \
	WIDEN16(r, X0, X1, U0, 0, U0, 0)
#define ROW_MINIMUMS(p, r) \
	LDRQ(X0, p, 0) \
	LDRS(U0, p, 80) \
	FCVTL(U0, U0) \
	FNEG(U0, U0) \
	USHR16B(X0, X0, 4) \
	WIDEN16(r, X0, X1, U0, 1, U0, 1)
#include "super16.h"

#include "dot.h"

// func GemvDotQ2K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvDotQ2K(SB), 0, $512-64
#include "gemv_super.h"

// func UnpackDotQ2K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackDotQ2K(SB), NOSPLIT, $0-48
#include "unpack_super.h"

#include "smull.h"

// func GemvNeonQ2K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvNeonQ2K(SB), 0, $512-64
#include "gemv_super.h"

// func UnpackNeonQ2K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackNeonQ2K(SB), NOSPLIT, $0-48
#include "unpack_super.h"
