#include "textflag.h"
#include "neon.h"
#include "block.h"

// Q4_0: d f16, 16 bytes of nibbles that hold the values plus 8. With bit 3
// flipped a nibble is the value in two's complement, and at the top of a byte it
// is 16 times the value: no sign to extend. SCALES takes the 16 out.
#define BLOCK 18
#define FLIP    K0 // 0x88
#define HIGH    K1 // 0xf0
#define ONE16TH K2 // 1/16
#define CONSTANTS \
	MOVI16B(FLIP, 0x88) \
	MOVI16B(HIGH, 0xf0) \
	MOVD $0x3d800000, R(TMP) \
	DUP4S_R(ONE16TH, TMP)
#define FIRST(p)   LDRH_POST(S, p, BLOCK)
#define NEXT(p, r) LD1H_POST(S, r, p, STEP)
#define LOAD(p, v, w, t) LDRQ(w, p, -16)
#define DECODE(v, w, t) \
	EOR(w, w, FLIP) \
	SHL16B(v, w, 4) \
	AND(w, w, HIGH)
#define SCALES \
	FCVTL(S, S) \
	FMUL(S, S, ONE16TH)

#include "dot.h"

// func GemvDotQ4_0(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvDotQ4_0(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackDotQ4_0(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackDotQ4_0(SB), NOSPLIT, $0-48
#include "unpack.h"

#include "smull.h"

// func GemvNeonQ4_0(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvNeonQ4_0(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackNeonQ4_0(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackNeonQ4_0(SB), NOSPLIT, $0-48
#include "unpack.h"
