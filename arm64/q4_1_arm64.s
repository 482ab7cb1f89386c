#include "textflag.h"
#include "neon.h"
#include "block.h"

// Q4_1: d f16, m f16, 16 bytes of nibbles.
#define BLOCK 20
#define MINIMUM
#define LOW K0 // 0x0f
#define CONSTANTS MOVI16B(LOW, 0x0f)
#define FIRST(p)   LDRS_POST(S, p, BLOCK)
#define NEXT(p, r) LD1S_POST(S, r, p, STEP)
#define LOAD(p, v, w, t) LDRQ(w, p, -16)
#define DECODE(v, w, t) \
	AND(v, w, LOW) \
	USHR16B(w, w, 4)
#define SCALES \
	SHRN4H(M, S, 16) \
	XTN4H(S, S) \
	FCVTL(M, M) \
	FCVTL(S, S)

#include "dot.h"

// func GemvDotQ4_1(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvDotQ4_1(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackDotQ4_1(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackDotQ4_1(SB), NOSPLIT, $0-48
#include "unpack.h"

#include "smull.h"

// func GemvNeonQ4_1(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvNeonQ4_1(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackNeonQ4_1(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackNeonQ4_1(SB), NOSPLIT, $0-48
#include "unpack.h"
