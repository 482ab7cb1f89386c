#include "textflag.h"
#include "block.h"
#include "values.h"

// BF16, the upper halves of f32: a word is two columns.
#define NUMBER 2
#define FLOATS(from, to) \
	VPMOVZXWD from, to; \
	VPSLLD    $16, to, to
#define COLUMNS \
	PUTPAIR(V0, 0); \
	PUTPAIR(V1, 2); \
	PUTPAIR(V2, 4); \
	PUTPAIR(V3, 6)
#define PUTPAIR(v, column) \
	VPSLLD $16, v, V4; \
	PUT(V4, column); \
	AND    ·upper16(SB), v, V4; \
	PUT(V4, column+1)

#include "avx2.h"

// func GemvAVX2BF16(y *float32, w *byte, stride, rows, cols int, x *float32)
TEXT ·GemvAVX2BF16(SB), NOSPLIT, $0-48
#include "gemv_float.h"

// func UnpackAVX2BF16(f *float32, w *byte, stride, cols int)
TEXT ·UnpackAVX2BF16(SB), NOSPLIT, $0-32
#include "unpack_float.h"

#include "vnni.h"

// func GemvVNNIBF16(y *float32, w *byte, stride, rows, cols int, x *float32)
TEXT ·GemvVNNIBF16(SB), NOSPLIT, $0-48
#include "gemv_float.h"

// func UnpackVNNIBF16(f *float32, w *byte, stride, cols int)
TEXT ·UnpackVNNIBF16(SB), NOSPLIT, $0-32
#include "unpack_float.h"
