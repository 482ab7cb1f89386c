#include "textflag.h"

#define S DI
#define Q SI
#define K0 DX // four rows
#define K1 R10
#define K2 R11
#define K3 R12
#define STRIDE CX
#define N R8 // rows to go
#define DIM R9
#define AT AX // the column at hand

// EIGHT adds the products of eight columns of a row, WIDENED(to, row) eight more.
#define EIGHT(off, row, sum) \
	VCVTPH2PS   (2*off)(row)(AT*2), Y10; \
	VFMADD231PS (4*off)(Q)(AT*4), Y10, sum

// func Scores(s, q *float32, k *uint16, stride, n, dim int)
TEXT ·Scores(SB), NOSPLIT, $0-48
	MOVQ s+0(FP), S
	MOVQ q+8(FP), Q
	MOVQ k+16(FP), K0
	MOVQ stride+24(FP), STRIDE
	MOVQ n+32(FP), N
	MOVQ dim+40(FP), DIM
	SUBQ $4, N
	JB   last

rows:
	LEAQ   (K0)(STRIDE*1), K1
	LEAQ   (K0)(STRIDE*2), K2
	LEAQ   (K1)(STRIDE*2), K3
	XORQ   AT, AT
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7

columns:
	EIGHT(0, K0, Y0)
	EIGHT(0, K1, Y1)
	EIGHT(0, K2, Y2)
	EIGHT(0, K3, Y3)
	EIGHT(8, K0, Y4)
	EIGHT(8, K1, Y5)
	EIGHT(8, K2, Y6)
	EIGHT(8, K3, Y7)
	ADDQ $16, AT
	CMPQ AT, DIM
	JNE  columns

	VADDPS       Y4, Y0, Y0
	VADDPS       Y5, Y1, Y1
	VADDPS       Y6, Y2, Y2
	VADDPS       Y7, Y3, Y3
	VHADDPS      Y1, Y0, Y0
	VHADDPS      Y3, Y2, Y2
	VHADDPS      Y2, Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VADDPS       X1, X0, X0
	VMOVUPS      X0, (S)
	ADDQ         $16, S
	LEAQ         (K2)(STRIDE*2), K0
	SUBQ         $4, N
	JAE          rows

last:
	ADDQ $4, N
	JZ   done

row:
	XORQ   AT, AT
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1

column:
	EIGHT(0, K0, Y0)
	EIGHT(8, K0, Y1)
	ADDQ $16, AT
	CMPQ AT, DIM
	JNE  column

	VADDPS       Y1, Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VADDPS       X1, X0, X0
	VHADDPS      X0, X0, X0
	VHADDPS      X0, X0, X0
	VMOVSS       X0, (S)
	ADDQ         $4, S
	ADDQ         STRIDE, K0
	DECQ         N
	JNZ          row

done:
	VZEROUPPER
	RET
