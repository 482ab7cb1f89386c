#include "textflag.h"
#include "block.h"
#include "values.h"

// F16: a word is two columns.
#define NUMBER 2
#define FLOATS(from, to) VCVTPH2PS from, to
#define COLUMNS \
	PUTPAIR(V0, 0); \
	PUTPAIR(V1, 2); \
	PUTPAIR(V2, 4); \
	PUTPAIR(V3, 6)
#define PUTPAIR(v, column) \
	F16LOW(v, V4); \
	PUT(V4, column); \
	F16HIGH(v, V4); \
	PUT(V4, column+1)

#include "avx2.h"

// func GemvAVX2F16(y *float32, w *byte, stride, rows, cols int, x *float32)
TEXT ·GemvAVX2F16(SB), NOSPLIT, $0-48
#include "gemv_float.h"

// func UnpackAVX2F16(f *float32, w *byte, stride, cols int)
TEXT ·UnpackAVX2F16(SB), NOSPLIT, $0-32
#include "unpack_float.h"

#include "vnni.h"

// func GemvVNNIF16(y *float32, w *byte, stride, rows, cols int, x *float32)
TEXT ·GemvVNNIF16(SB), NOSPLIT, $0-48
#include "gemv_float.h"

// func UnpackVNNIF16(f *float32, w *byte, stride, cols int)
TEXT ·UnpackVNNIF16(SB), NOSPLIT, $0-32
#include "unpack_float.h"
