#include "textflag.h"
#include "block.h"
#include "values.h"

// Q4_0: d f16, 16 bytes of nibbles that hold the values plus 8.
#define BLOCK 18
#define COLUMNS 32
#define GROUP 32
#define SPLIT(raw, lo, hi) \
	NIBBLES(raw, lo, hi); \
	VPADDB BIASLESS8, lo, lo; \
	VPADDB BIASLESS8, hi, hi
#define GEMV \
	GATHER(0, D); \
	LOADA; \
	UNBIAS(·bytes8(SB)); \
	FOURROWS(DOT); \
	ADDDOTS
#define DOT(row, to) \
	LOADLANES(2, row, V0); \
	NIBBLES(V0, V0, V1); \
	DOT32(V0, V1, to)
#define UNPACK \
	PUTF16; \
	LOADWORDS(2); \
	PUTHALVES(SPLIT, 0, 4)

#include "avx2.h"

// func GemvAVX2Q4_0(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvAVX2Q4_0(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackAVX2Q4_0(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackAVX2Q4_0(SB), NOSPLIT, $0-48
#include "unpack.h"

#include "vnni.h"

// func GemvVNNIQ4_0(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvVNNIQ4_0(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackVNNIQ4_0(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackVNNIQ4_0(SB), NOSPLIT, $0-48
#include "unpack.h"
