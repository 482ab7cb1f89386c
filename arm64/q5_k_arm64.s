#include "textflag.h"
#include "neon.h"
#include "block.h"

// Q5_K: d f16, dmin f16, 12 bytes of scales, 32 bytes of fifth bits (bit g of byte
// i belongs to value i of group g), 128 bytes of nibbles as in Q4_K.
#define BLOCK 176
#define MINIMUM
#define LOW  K0 // 0x0f
#define FIVE K1 // 0x1f
#define BLOCK_CONSTANTS \
	MOVI16B(LOW, 0x0f) \
	MOVI16B(FIVE, 0x1f)

// The fifth bit is moved to its place, the nibble put below it.
#define NIBBLES(p, g, v, w, t, u) \
	LDPQ(v, w, p, 16) \
	LDPQ(t, u, p, 48+g/2*32)
#define LEFT(g, v, w) \
	SHL16B(v, v, 4-g) \
	SHL16B(w, w, 4-g)
#define RIGHT(g, v, w) \
	USHR16B(v, v, g-4) \
	USHR16B(w, w, g-4)
#define BELOW_LOWS(v, w, t, u) \
	BIT(v, t, LOW) \
	BIT(w, u, LOW) \
	AND(v, v, FIVE) \
	AND(w, w, FIVE)
#define BELOW_HIGHS(v, w, t, u) \
	SRI16B(v, t, 4) \
	SRI16B(w, u, 4) \
	AND(v, v, FIVE) \
	AND(w, w, FIVE)

#define LOWS_LEFT(p, g, v, w, t, u) \
	NIBBLES(p, g, v, w, t, u) \
	LEFT(g, v, w) \
	BELOW_LOWS(v, w, t, u)
#define HIGHS_LEFT(p, g, v, w, t, u) \
	NIBBLES(p, g, v, w, t, u) \
	LEFT(g, v, w) \
	BELOW_HIGHS(v, w, t, u)
#define LOWS_THERE(p, g, v, w, t, u) \
	NIBBLES(p, g, v, w, t, u) \
	BELOW_LOWS(v, w, t, u)
#define LOWS_RIGHT(p, g, v, w, t, u) \
	NIBBLES(p, g, v, w, t, u) \
	RIGHT(g, v, w) \
	BELOW_LOWS(v, w, t, u)
#define HIGHS_RIGHT(p, g, v, w, t, u) \
	NIBBLES(p, g, v, w, t, u) \
	RIGHT(g, v, w) \
	BELOW_HIGHS(v, w, t, u)
#define GROUPS(GROUP) \
	GROUP(0, LOWS_LEFT) \
	GROUP(1, HIGHS_LEFT) \
	GROUP(2, LOWS_LEFT) \
	GROUP(3, HIGHS_LEFT) \
	GROUP(4, LOWS_THERE) \
	GROUP(5, HIGHS_RIGHT) \
	GROUP(6, LOWS_RIGHT) \
	GROUP(7, HIGHS_RIGHT)

#include "scales_k45.h"
#include "super32.h"

#include "dot.h"

// func GemvDotQ5K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvDotQ5K(SB), 0, $512-64
#include "gemv_super.h"

// func UnpackDotQ5K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackDotQ5K(SB), NOSPLIT, $0-48
#include "unpack_super.h"

#include "smull.h"

// func GemvNeonQ5K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvNeonQ5K(SB), 0, $512-64
#include "gemv_super.h"

// func UnpackNeonQ5K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackNeonQ5K(SB), NOSPLIT, $0-48
#include "unpack_super.h"
