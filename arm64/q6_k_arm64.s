#include "textflag.h"
#include "neon.h"
#include "block.h"

// Q6_K: 128 bytes of low nibbles, 64 bytes of high two bits, 16 int8 scales, d f16.
// Each 64 bytes of nibbles hold 128 weights, the low halves first; each 32 bytes
// of high bits hold the same 128, a quarter of them in bits 0-1, 2-3 and so on. A
// weight is its six bits less 32.
#define BLOCK 210
#define LOW  K0 // 0x0f
#define SIX  K1 // 0x3f
#define BIAS6 K2 // 32
#define CONSTANTS
#define BLOCK_CONSTANTS \
	MOVI16B(LOW, 0x0f) \
	MOVI16B(SIX, 0x3f) \
	MOVI16B(BIAS6, 32)

#define PARTS(p, g, v, w, t, u) \
	LDPQ(v, w, p, 128+g/4*32) \
	LDPQ(t, u, p, g/4*64+g%2*32)
#define JOINED(v, w) \
	AND(v, v, SIX) \
	AND(w, w, SIX) \
	SUB16B(v, v, BIAS6) \
	SUB16B(w, w, BIAS6)

#define QUARTER0(p, g, v, w, t, u) \
	PARTS(p, g, v, w, t, u) \
	SHL16B(v, v, 4) \
	SHL16B(w, w, 4) \
	BIT(v, t, LOW) \
	BIT(w, u, LOW) \
	JOINED(v, w)
#define QUARTER1(p, g, v, w, t, u) \
	PARTS(p, g, v, w, t, u) \
	SHL16B(v, v, 2) \
	SHL16B(w, w, 2) \
	BIT(v, t, LOW) \
	BIT(w, u, LOW) \
	JOINED(v, w)
#define QUARTER2(p, g, v, w, t, u) \
	PARTS(p, g, v, w, t, u) \
	SRI16B(v, t, 4) \
	SRI16B(w, u, 4) \
	JOINED(v, w)
#define QUARTER3(p, g, v, w, t, u) \
	PARTS(p, g, v, w, t, u) \
	USHR16B(v, v, 2) \
	USHR16B(w, w, 2) \
	SRI16B(v, t, 4) \
	SRI16B(w, u, 4) \
	JOINED(v, w)
#define GROUPS(GROUP) \
	GROUP(0, QUARTER0) \
	GROUP(1, QUARTER1) \
	GROUP(2, QUARTER2) \
	GROUP(3, QUARTER3) \
	GROUP(4, QUARTER0) \
	GROUP(5, QUARTER1) \
	GROUP(6, QUARTER2) \
	GROUP(7, QUARTER3)

#define BLOCK_SCALES \
	ROW_SCALES(P0, 0) \
	ROW_SCALES(P1, 1) \
	ROW_SCALES(P2, 2) \
	ROW_SCALES(P3, 3) \
	STORE16(DS)
#define ROW_SCALES(p, r) \
	LDRQ(X0, p, 192) \
	LDRH(U0, p, 208) \
	FCVTL(U0, U0) \
	WIDEN16(r, X0, X1, U0, 0, U0, 0)
#include "super16.h"

#include "dot.h"

// func GemvDotQ6K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvDotQ6K(SB), 0, $512-64
#include "gemv_super.h"

// func UnpackDotQ6K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackDotQ6K(SB), NOSPLIT, $0-48
#include "unpack_super.h"

#include "smull.h"

// func GemvNeonQ6K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvNeonQ6K(SB), 0, $512-64
#include "gemv_super.h"

// func UnpackNeonQ6K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackNeonQ6K(SB), NOSPLIT, $0-48
#include "unpack_super.h"
