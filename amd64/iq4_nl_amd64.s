#include "textflag.h"
#include "block.h"
#include "values.h"

// IQ4_NL: d f16, 16 bytes of four-bit indexes of values.
#define BLOCK 18
#define COLUMNS 32
#define GROUP 32
#define GEMV \
	GATHER(0, D); \
	LOADA; \
	UNBIAS32WIDE; \
	LOADTABLE; \
	FOURROWS(DOT); \
	ADDDOTS
#define DOT(row, to) \
	LOADLANES(2, row, V0); \
	INDEXED(V0, V0, V1); \
	DOT32WIDE(V0, V1, to)
#define UNPACK \
	PUTF16; \
	LOADTABLE; \
	LOADWORDS(2); \
	PUTHALVES(INDEXED, 0, 4)

#include "avx2.h"

// func GemvAVX2IQ4_NL(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvAVX2IQ4_NL(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackAVX2IQ4_NL(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackAVX2IQ4_NL(SB), NOSPLIT, $0-48
#include "unpack.h"

#include "vnni.h"

// func GemvVNNIIQ4_NL(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvVNNIIQ4_NL(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackVNNIIQ4_NL(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackVNNIIQ4_NL(SB), NOSPLIT, $0-48
#include "unpack.h"
