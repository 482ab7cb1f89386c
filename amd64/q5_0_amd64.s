#include "textflag.h"
#include "block.h"
#include "values.h"
#include "q5.h"

// Q5_0: d f16, 4 bytes of fifth bits, 16 of nibbles; both hold the values plus 16.
#define BLOCK 22
#define COLUMNS 32
#define GROUP 32
#define GEMV \
	GATHER(0, D); \
	LOADA; \
	UNBIAS(·bytes16(SB)); \
	FOURROWS(DOT); \
	ADDDOTS
#define DOT(row, to) \
	FIVEBITS(2, row); \
	DOT32(V0, V1, to)
#define BIAS(v) VPADDB BIASLESS16, v, v
#define UNPACK \
	PUTF16; \
	PUTFIVEBITS(2, BIAS)

#include "avx2.h"

// func GemvAVX2Q5_0(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvAVX2Q5_0(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackAVX2Q5_0(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackAVX2Q5_0(SB), NOSPLIT, $0-48
#include "unpack.h"

#include "vnni.h"

// func GemvVNNIQ5_0(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvVNNIQ5_0(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackVNNIQ5_0(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackVNNIQ5_0(SB), NOSPLIT, $0-48
#include "unpack.h"
