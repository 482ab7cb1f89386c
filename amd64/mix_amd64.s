#include "textflag.h"

#define O DI
#define P SI
#define V DX // the row at hand
#define COLUMNS R8 // the first row's columns at hand
#define STRIDE CX
#define PAT R9
#define LEFT R10 // rows to go
#define DIM R11 // columns to go

// ROW adds p times 32 columns of a row to four sums.
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

// func Mix(o, p *float32, v *uint16, stride, n, dim int)
TEXT ·Mix(SB), NOSPLIT, $0-48
	MOVQ o+0(FP), O
	MOVQ p+8(FP), P
	MOVQ v+16(FP), COLUMNS
	MOVQ stride+24(FP), STRIDE
	MOVQ dim+40(FP), DIM

	// 32 columns of all rows; odd rows have sums of their own.
columns:
	VMOVUPS (O), Y0
	VMOVUPS 32(O), Y1
	VMOVUPS 64(O), Y2
	VMOVUPS 96(O), Y3
	VXORPS  Y4, Y4, Y4
	VXORPS  Y5, Y5, Y5
	VXORPS  Y6, Y6, Y6
	VXORPS  Y7, Y7, Y7
	MOVQ    P, PAT
	MOVQ    COLUMNS, V
	MOVQ    n+32(FP), LEFT
	SUBQ    $2, LEFT
	JB      last

pair:
	ROW(Y0, Y1, Y2, Y3)
	ROW(Y4, Y5, Y6, Y7)
	SUBQ $2, LEFT
	JAE  pair

last:
	CMPQ LEFT, $-1
	JNE  join
	ROW(Y0, Y1, Y2, Y3)

join:
	VADDPS  Y4, Y0, Y0
	VADDPS  Y5, Y1, Y1
	VADDPS  Y6, Y2, Y2
	VADDPS  Y7, Y3, Y3
	VMOVUPS Y0, (O)
	VMOVUPS Y1, 32(O)
	VMOVUPS Y2, 64(O)
	VMOVUPS Y3, 96(O)
	ADDQ    $128, O
	ADDQ    $64, COLUMNS
	SUBQ    $32, DIM
	JNZ     columns
	VZEROUPPER
	RET
