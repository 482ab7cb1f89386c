#include "textflag.h"
#include "neon.h"
#include "block.h"

// Q4_K: d f16, dmin f16, 12 bytes of scales, 128 bytes of nibbles: each 32 bytes
// hold 64 weights, the low halves first.
#define BLOCK 144
#define MINIMUM
#define LOW K0 // 0x0f
#define BLOCK_CONSTANTS MOVI16B(LOW, 0x0f)

#define LOWS(p, g, v, w, t, u) \
	LDPQ(v, w, p, 16+g/2*32) \
	AND(v, v, LOW) \
	AND(w, w, LOW)
#define HIGHS(p, g, v, w, t, u) \
	LDPQ(v, w, p, 16+g/2*32) \
	USHR16B(v, v, 4) \
	USHR16B(w, w, 4)
#define GROUPS(GROUP) \
	GROUP(0, LOWS) \
	GROUP(1, HIGHS) \
	GROUP(2, LOWS) \
	GROUP(3, HIGHS) \
	GROUP(4, LOWS) \
	GROUP(5, HIGHS) \
	GROUP(6, LOWS) \
	GROUP(7, HIGHS)

#include "scales_k45.h"
#include "super32.h"

#include "dot.h"

// func GemvDotQ4K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvDotQ4K(SB), 0, $512-64
#include "gemv_super.h"

// func UnpackDotQ4K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackDotQ4K(SB), NOSPLIT, $0-48
#include "unpack_super.h"

#include "smull.h"

// func GemvNeonQ4K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvNeonQ4K(SB), 0, $512-64
#include "gemv_super.h"

// func UnpackNeonQ4K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackNeonQ4K(SB), NOSPLIT, $0-48
#include "unpack_super.h"
