#include "textflag.h"
#include "block.h"
#include "values.h"

// Q8_0: d f16, 32 values of eight bits.
#define BLOCK 34
#define COLUMNS 32
#define GROUP 32
#define GEMV \
	GATHER(0, D); \
	VMOVUPS (Q), A0; \
	VMOVUPS (16*LANES)(Q), A1; \
	UNBIASWIDE(A0, C); \
	UNBIASWIDE(A1, V2); \
	FOURROWS(DOT); \
	ADDDOTS
#define DOT(row, to) \
	LOADHALF(2, row, V0); \
	LOADHALF(2+LANES/2*BLOCK, row, V1); \
	WIDE(V0); \
	WIDE(V1); \
	DOTWIDE(V0, A0, C, V14); \
	DOTWIDE(V1, A1, V2, V15); \
	EVENLANES(V14, V15, to); \
	ODDLANES(V14, V15, V15); \
	VPADDD V15, to, to
#define UNPACK \
	PUTF16; \
	PUTWIDE(2, 0); \
	PUTWIDE(18, 4)
#define PUTWIDE(off, word) \
	LOADWORDS(off); \
	WIDE(V0); \
	WIDE(V1); \
	WIDE(V2); \
	WIDE(V3); \
	PUT(V0, word+0); \
	PUT(V1, word+1); \
	PUT(V2, word+2); \
	PUT(V3, word+3)

#include "avx2.h"

// func GemvAVX2Q8_0(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvAVX2Q8_0(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackAVX2Q8_0(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackAVX2Q8_0(SB), NOSPLIT, $0-48
#include "unpack.h"

#include "vnni.h"

// func GemvVNNIQ8_0(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvVNNIQ8_0(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackVNNIQ8_0(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackVNNIQ8_0(SB), NOSPLIT, $0-48
#include "unpack.h"
