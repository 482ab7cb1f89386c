#include "textflag.h"
#include "block.h"
#include "values.h"

// F32.
#define NUMBER 4
#define FLOATS(from, to) VMOVUPS from, to
#define COLUMNS \
	PUT(V0, 0); \
	PUT(V1, 1); \
	PUT(V2, 2); \
	PUT(V3, 3)

#include "avx2.h"

// func GemvAVX2F32(y *float32, w *byte, stride, rows, cols int, x *float32)
TEXT ·GemvAVX2F32(SB), NOSPLIT, $0-48
#include "gemv_float.h"

// func UnpackAVX2F32(f *float32, w *byte, stride, cols int)
TEXT ·UnpackAVX2F32(SB), NOSPLIT, $0-32
#include "unpack_float.h"

#include "vnni.h"

// func GemvVNNIF32(y *float32, w *byte, stride, rows, cols int, x *float32)
TEXT ·GemvVNNIF32(SB), NOSPLIT, $0-48
#include "gemv_float.h"

// func UnpackVNNIF32(f *float32, w *byte, stride, cols int)
TEXT ·UnpackVNNIF32(SB), NOSPLIT, $0-32
#include "unpack_float.h"
