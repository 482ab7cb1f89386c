#include "textflag.h"
#include "neon.h"
#include "floats.h"

// F16: IEEE half precision.
#define CONSTANTS
#define EIGHT(p, v, w) \
	LDRQ_POST(v, p, 16) \
	FCVTL2(w, v) \
	FCVTL(v, v)
#define ONE(p, v) \
	LDRH_POST(v, p, 2) \
	FCVTL(v, v)

// func GemvNeonF16(y *float32, w *byte, stride, rows, cols int, x *float32)
TEXT ·GemvNeonF16(SB), NOSPLIT, $0-48
#include "gemvf.h"

// func UnpackNeonF16(f *float32, w *byte, stride, cols int)
TEXT ·UnpackNeonF16(SB), NOSPLIT, $0-32
#include "unpackf.h"
