#include "textflag.h"
#include "neon.h"
#include "floats.h"

// F32: as it is.
#define CONSTANTS
#define EIGHT(p, v, w) LDPQ_POST(v, w, p, 32)
#define ONE(p, v) LDRS_POST(v, p, 4)

// func GemvNeonF32(y *float32, w *byte, stride, rows, cols int, x *float32)
TEXT ·GemvNeonF32(SB), NOSPLIT, $0-48
#include "gemvf.h"

// func UnpackNeonF32(f *float32, w *byte, stride, cols int)
TEXT ·UnpackNeonF32(SB), NOSPLIT, $0-32
#include "unpackf.h"
