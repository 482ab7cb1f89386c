#include "textflag.h"
#include "neon.h"
#include "block.h"

// IQ4_NL: d f16, 16 bytes of nibbles that index 16 values.
#define BLOCK 18
#define LOW    K0 // 0x0f
#define VALUES K1
#define CONSTANTS \
	MOVI16B(LOW, 0x0f) \
	MOVD $iq4nlValues<>(SB), R(TMP) \
	LDRQ(VALUES, TMP, 0)
#define FIRST(p)   LDRH_POST(S, p, BLOCK)
#define NEXT(p, r) LD1H_POST(S, r, p, STEP)
#define LOAD(p, v, w, t) LDRQ(w, p, -16)
#define DECODE(v, w, t) \
	AND(v, w, LOW) \
	USHR16B(w, w, 4) \
	TBL(v, VALUES, v) \
	TBL(w, VALUES, w)
#define SCALES FCVTL(S, S)

// -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
DATA iq4nlValues<>+0(SB)/8, $0xf6eaddcfbfad9881
DATA iq4nlValues<>+8(SB)/8, $0x7159453526190d01
GLOBL iq4nlValues<>(SB), RODATA|NOPTR, $16

#include "dot.h"

// func GemvDotIQ4NL(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvDotIQ4NL(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackDotIQ4NL(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackDotIQ4NL(SB), NOSPLIT, $0-48
#include "unpack.h"

#include "smull.h"

// func GemvNeonIQ4NL(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvNeonIQ4NL(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackNeonIQ4NL(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackNeonIQ4NL(SB), NOSPLIT, $0-48
#include "unpack.h"
