#include "textflag.h"
#include "neon.h"
#include "block.h"

// Q8_0: d f16, 32 int8.
#define BLOCK 34
#define CONSTANTS
#define FIRST(p)   LDRH_POST(S, p, BLOCK)
#define NEXT(p, r) LD1H_POST(S, r, p, STEP)
#define LOAD(p, v, w, t) LDPQ(v, w, p, -32)
#define DECODE(v, w, t)
#define SCALES FCVTL(S, S)

#include "dot.h"

// func GemvDotQ8_0(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvDotQ8_0(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackDotQ8_0(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackDotQ8_0(SB), NOSPLIT, $0-48
#include "unpack.h"

#include "smull.h"

// func GemvNeonQ8_0(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvNeonQ8_0(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackNeonQ8_0(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackNeonQ8_0(SB), NOSPLIT, $0-48
#include "unpack.h"
