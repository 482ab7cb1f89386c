#include "textflag.h"
#include "block.h"
#include "values.h"
#include "k.h"
#include "k45.h"

// Q5_K: d f16, dmin f16, 12 bytes of scales, 32 of fifth bits, 128 of nibbles. Bit
// g of the i-th byte of fifth bits is that of weight i of group g.
#define BLOCK 176
#define QS 48
#define FIFTH(row, SHIFT0, n0, SHIFT1, n1) \
	LOADBITS2(16, row, V2); \
	FIFTHWORD(V0, V2, SHIFT0, n0); \
	FIFTHWORD(V1, V2, SHIFT1, n1)
#define FIFTHS(h) \
	KEEPWORDS(16+16*h)
#define FIFTHWORD(v, fifths, SHIFT, n) \
	SHIFT n, fifths, V7; \
	AND   BYTES16, V7, V7; \
	OR    V7, v, v

#include "avx2.h"

// func GemvAVX2Q5_K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvAVX2Q5_K(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackAVX2Q5_K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackAVX2Q5_K(SB), NOSPLIT, $0-48
#include "unpack.h"

#include "vnni.h"

// func GemvVNNIQ5_K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvVNNIQ5_K(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackVNNIQ5_K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackVNNIQ5_K(SB), NOSPLIT, $0-48
#include "unpack.h"
