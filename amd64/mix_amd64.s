#include "textflag.h"

#define O DI
#define P SI
#define V DX // the row at hand
#define COLUMNS R8 // the first row's columns at hand
#define STRIDE CX
#define PAT R9
#define LEFT R10 // rows to go
#define DIM R11 // columns to go

#include "avx2.h"

#define TURN 2
#define LOAD32 \
	VMOVUPS (O), Y0; \
	VMOVUPS 32(O), Y1; \
	VMOVUPS 64(O), Y2; \
	VMOVUPS 96(O), Y3
#define ROW32 ROW(Y0, Y1, Y2, Y3)
#define ROWS \
	ROW32; \
	ROW(Y4, Y5, Y6, Y7)
#define ROW(a, b, c, d) \
	VBROADCASTSS (PAT), Y8; \
	VCVTPH2PS    (V), Y9; \
	VCVTPH2PS    16(V), Y10; \
	VCVTPH2PS    32(V), Y11; \
	VCVTPH2PS    48(V), Y12; \
	VFMADD231PS  Y9, Y8, a; \
	VFMADD231PS  Y10, Y8, b; \
	VFMADD231PS  Y11, Y8, c; \
	VFMADD231PS  Y12, Y8, d; \
	ADDQ         $4, PAT; \
	ADDQ         STRIDE, V
#define STORE32 \
	VADDPS  Y4, Y0, Y0; \
	VADDPS  Y5, Y1, Y1; \
	VADDPS  Y6, Y2, Y2; \
	VADDPS  Y7, Y3, Y3; \
	VMOVUPS Y0, (O); \
	VMOVUPS Y1, 32(O); \
	VMOVUPS Y2, 64(O); \
	VMOVUPS Y3, 96(O)

// func MixAVX2(o, p *float32, v *uint16, stride, n, dim int)
TEXT ·MixAVX2(SB), NOSPLIT, $0-48
#include "mix.h"

#undef TURN
#undef LOAD32
#undef ROW32
#undef ROWS
#undef ROW
#undef STORE32
#include "vnni.h"

#define TURN 4
#define LOAD32 \
	VMOVUPS (O), Z0; \
	VMOVUPS 64(O), Z1; \
	VPXORD  Z2, Z2, Z2; \
	VPXORD  Z3, Z3, Z3
#define ROW32 ROW(Z0, Z1)
#define ROWS \
	ROW32; \
	ROW(Z2, Z3); \
	ROW(Z4, Z5); \
	ROW(Z6, Z7)
#define ROW(a, b) \
	VCVTPH2PS        (V), Z9; \
	VCVTPH2PS        32(V), Z10; \
	VFMADD231PS.BCST (PAT), Z9, a; \
	VFMADD231PS.BCST (PAT), Z10, b; \
	ADDQ             $4, PAT; \
	ADDQ             STRIDE, V
#define STORE32 \
	VADDPS  Z2, Z0, Z0; \
	VADDPS  Z3, Z1, Z1; \
	VADDPS  Z6, Z4, Z4; \
	VADDPS  Z7, Z5, Z5; \
	VADDPS  Z4, Z0, Z0; \
	VADDPS  Z5, Z1, Z1; \
	VMOVUPS Z0, (O); \
	VMOVUPS Z1, 64(O)

// func MixVNNI(o, p *float32, v *uint16, stride, n, dim int)
TEXT ·MixVNNI(SB), NOSPLIT, $0-48
#include "mix.h"
