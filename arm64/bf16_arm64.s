#include "textflag.h"
#include "neon.h"
#include "floats.h"

// BF16: the upper half of an f32.
#define CONSTANTS MOVI16B(ZERO, 0)
#define EIGHT(p, v, w) \
	LDRQ_POST(v, p, 16) \
	ZIP2_8H(w, ZERO, v) \
	ZIP1_8H(v, ZERO, v)
#define ONE(p, v) \
	LDRH_POST(v, p, 2) \
	ZIP1_8H(v, ZERO, v)

// func GemvNeonBF16(y *float32, w *byte, stride, rows, cols int, x *float32)
TEXT ·GemvNeonBF16(SB), NOSPLIT, $0-48
#include "gemvf.h"

// func UnpackNeonBF16(f *float32, w *byte, stride, cols int)
TEXT ·UnpackNeonBF16(SB), NOSPLIT, $0-32
#include "unpackf.h"
