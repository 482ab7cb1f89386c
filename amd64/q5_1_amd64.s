#include "textflag.h"
#include "block.h"
#include "values.h"
#include "q5.h"

// Q5_1: d f16, m f16, 4 bytes of fifth bits, 16 of nibbles.
#define BLOCK 24
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
	FIVEBITS(4, row); \
	DOT32MIN(V0, V1, to)
#define AS_IS(v)
#define UNPACK \
	PUTF16MIN; \
	PUTFIVEBITS(4, AS_IS)

#include "avx2.h"

// func GemvAVX2Q5_1(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvAVX2Q5_1(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackAVX2Q5_1(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackAVX2Q5_1(SB), NOSPLIT, $0-48
#include "unpack.h"

#include "vnni.h"

// func GemvVNNIQ5_1(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvVNNIQ5_1(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackVNNIQ5_1(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackVNNIQ5_1(SB), NOSPLIT, $0-48
#include "unpack.h"
