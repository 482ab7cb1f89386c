#include "textflag.h"
#include "neon.h"
#include "block.h"

// Q5_0: d f16, 32 fifth bits, 16 bytes of nibbles; values plus 16. In two's
// complement a value is its nibble, with four bits set above it where the fifth
// bit is clear.
#define BLOCK 22
#define LOW   K0 // 0x0f
#define SPREAD_V K1 // the byte of fifth bits that belongs to each value of v
#define SPREAD_W K2
#define OWN   K3 // and the bit in it
#define CONSTANTS \
	MOVI16B(LOW, 0x0f) \
	MOVD $fifthBits<>(SB), R(TMP) \
	LDPQ(SPREAD_V, SPREAD_W, TMP, 0) \
	LDRQ(OWN, TMP, 32)
#define FIRST(p)   LDRH_POST(S, p, BLOCK)
#define NEXT(p, r) LD1H_POST(S, r, p, STEP)
#define LOAD(p, v, w, t) \
	LDRS(w, p, -20) \
	LDRQ(t, p, -16)
#define DECODE(v, w, t) \
	MVN(w, w) \
	TBL(v, w, SPREAD_V) \
	TBL(w, w, SPREAD_W) \
	CMTST16B(v, v, OWN) \
	CMTST16B(w, w, OWN) \
	BIT(v, t, LOW) \
	SRI16B(w, t, 4)
#define SCALES FCVTL(S, S)

#include "fifth_bits.h"

#include "dot.h"

// func GemvDotQ5_0(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvDotQ5_0(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackDotQ5_0(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackDotQ5_0(SB), NOSPLIT, $0-48
#include "unpack.h"

#include "smull.h"

// func GemvNeonQ5_0(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvNeonQ5_0(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackNeonQ5_0(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackNeonQ5_0(SB), NOSPLIT, $0-48
#include "unpack.h"
