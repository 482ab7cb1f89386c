#include "textflag.h"
#include "exp.h"

#define X DI
#define N CX
#define T AX

#define LARGE V6 // the largest number
#define SUM V7
#define SCALE V8

#define WEIGH \
	VSUBPS LARGE, V0, V0; \
	VMULPS SCALE, V0, V0; \
	EXP(V0, V3, V4, V5)

#include "avx2.h"

// func SoftmaxAVX2(x *float32, n int, scale float32)
TEXT ·SoftmaxAVX2(SB), NOSPLIT, $0-20
#include "softmax.h"

#include "vnni.h"

// func SoftmaxVNNI(x *float32, n int, scale float32)
TEXT ·SoftmaxVNNI(SB), NOSPLIT, $0-20
#include "softmax.h"
