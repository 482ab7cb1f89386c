#include "textflag.h"
#include "exp.h"

#define G DI
#define U SI
#define N CX
#define T AX

// GATE turns g in V0 and u in V1 into g / (1 + e^-g) * u. Changes V2 to V5.
#define GATE \
	XOR    V2, V2, V2; \
	VSUBPS V0, V2, V2; \
	EXP(V2, V3, V4, V5); \
	VADDPS ONE, V3, V3; \
	VDIVPS V3, V0, V0; \
	VMULPS V1, V0, V0

#include "avx2.h"

// func SwiGLUAVX2(gate, up *float32, n int)
TEXT ·SwiGLUAVX2(SB), NOSPLIT, $0-24
#include "swiglu.h"

#include "vnni.h"

// func SwiGLUVNNI(gate, up *float32, n int)
TEXT ·SwiGLUVNNI(SB), NOSPLIT, $0-24
#include "swiglu.h"
