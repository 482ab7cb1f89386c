#include "textflag.h"
#include "values.h"

#define S DI
#define Q SI
#define ROW0 DX // four keys
#define ROW1 R10
#define ROW2 R11
#define ROW3 R12
#define STRIDE CX
#define N R8 // rows to go
#define DIM R9
#define AT AX // the column at hand

// PRODUCTS adds the products of WORDS columns of a row.
#define PRODUCTS(off, row, sum) \
	VCVTPH2PS   (2*off)(row)(AT*2), V0; \
	VFMADD231PS (4*off)(Q)(AT*4), V0, sum

#include "avx2.h"

// func ScoresAVX2(s, q *float32, k *uint16, stride, n, dim int)
TEXT ·ScoresAVX2(SB), NOSPLIT, $0-48
#include "scores.h"

#include "vnni.h"

// func ScoresVNNI(s, q *float32, k *uint16, stride, n, dim int)
TEXT ·ScoresVNNI(SB), NOSPLIT, $0-48
#include "scores.h"
