#include "textflag.h"

#define TO DI
#define ROW SI
#define STRIDE CX
#define N R8 // rows to go
#define DIM R9
#define BLOCK DX
#define LEFT R10 // numbers of the row to go

// EIGHT widens eight values to f16; Y0 holds the block's scale.
#define EIGHT(i) \
	VPMOVSXBD 2+8*i(BLOCK), Y1; \
	VCVTDQ2PS Y1, Y1; \
	VMULPS    Y0, Y1, Y1; \
	VCVTPS2PH $0, Y1, 16*i(TO)

// func Widen(dst *uint16, q *byte, stride, n, dim int)
TEXT ·Widen(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), TO
	MOVQ q+8(FP), ROW
	MOVQ stride+16(FP), STRIDE
	MOVQ n+24(FP), N
	MOVQ dim+32(FP), DIM

row:
	MOVQ ROW, BLOCK
	MOVQ DIM, LEFT

block:
	MOVWLZX      (BLOCK), AX
	VMOVD        AX, X0
	VCVTPH2PS    X0, X0
	VBROADCASTSS X0, Y0
	EIGHT(0)
	EIGHT(1)
	EIGHT(2)
	EIGHT(3)
	ADDQ $34, BLOCK
	ADDQ $64, TO
	SUBQ $32, LEFT
	JNZ  block
	ADDQ STRIDE, ROW
	DECQ N
	JNZ  row
	VZEROUPPER
	RET
