#include "textflag.h"
#include "block.h"
#include "values.h"
#include "k.h"
#include "k45.h"

// Q4_K: d f16, dmin f16, 12 bytes of scales, 128 of nibbles.
#define BLOCK 144
#define QS 16
#define FIFTH(row, SHIFT0, n0, SHIFT1, n1)
#define FIFTHS(h)
#define FIFTHWORD(v, fifths, SHIFT, n)

#include "avx2.h"

// func GemvAVX2Q4_K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvAVX2Q4_K(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackAVX2Q4_K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackAVX2Q4_K(SB), NOSPLIT, $0-48
#include "unpack.h"

#include "vnni.h"

// func GemvVNNIQ4_K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvVNNIQ4_K(SB), NOSPLIT, $0-64
#include "gemv.h"

// func UnpackVNNIQ4_K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackVNNIQ4_K(SB), NOSPLIT, $0-48
#include "unpack.h"
