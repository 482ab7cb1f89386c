#include "textflag.h"
#include "block.h"
#include "values.h"

// Q4_1: d f16, m f16, 16 bytes of nibbles.
#define BLOCK 20
#define COLUMNS 32
#define GROUP 32
#define GEMV \
	GATHER(2, D); \
	ADDMINS; \
	GATHER(0, D); \
	LOADA; \
	FOURROWS(DOT); \
	ADDDOTS
#define DOT(row, to) \
	LOADLANES(4, row, V0); \
	NIBBLES(V0, V0, V1); \
	DOT32MIN(V0, V1, to)
#define UNPACK \
	PUTF16MIN; \
	LOADWORDS(4); \
	PUTHALVES(NIBBLES, 0, 4)

#include "avx2.h"

// func GemvAVX2Q4_1(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvAVX2Q4_1(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackAVX2Q4_1(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackAVX2Q4_1(SB), NOSPLIT, $0-48
#include "unpack.h"

#include "vnni.h"

// func GemvVNNIQ4_1(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvVNNIQ4_1(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackVNNIQ4_1(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackVNNIQ4_1(SB), NOSPLIT, $0-48
#include "unpack.h"
