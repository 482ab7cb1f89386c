#include "textflag.h"

#define DST DI
#define A SI
#define B DX
#define C CX
#define D R8
#define E R9
#define F R10
#define N R11
#define T AX

// FOUR transposes four numbers each of A to D into X0 to X3.
#define FOUR \
	VMOVUPS    (A), X0; \
	VMOVUPS    (B), X1; \
	VMOVUPS    (C), X2; \
	VMOVUPS    (D), X3; \
	VUNPCKLPS  X1, X0, X4; \
	VUNPCKHPS  X1, X0, X5; \
	VUNPCKLPS  X3, X2, X6; \
	VUNPCKHPS  X3, X2, X7; \
	VUNPCKLPD  X6, X4, X0; \
	VUNPCKHPD  X6, X4, X1; \
	VUNPCKLPD  X7, X5, X2; \
	VUNPCKHPD  X7, X5, X3

#define ONE(from, off) \
	MOVL (from), T; \
	MOVL T, off(DST); \
	ADDQ $4, from

// func Interleave4(dst, a, b, c, d *float32, n int)
TEXT ·Interleave4(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), DST
	MOVQ a+8(FP), A
	MOVQ b+16(FP), B
	MOVQ c+24(FP), C
	MOVQ d+32(FP), D
	MOVQ n+40(FP), N
	SUBQ $4, N
	JB   tail

four:
	FOUR
	VMOVUPS X0, (DST)
	VMOVUPS X1, 16(DST)
	VMOVUPS X2, 32(DST)
	VMOVUPS X3, 48(DST)
	ADDQ    $16, A
	ADDQ    $16, B
	ADDQ    $16, C
	ADDQ    $16, D
	ADDQ    $64, DST
	SUBQ    $4, N
	JAE     four

tail:
	ADDQ $4, N
	JZ   done

one:
	ONE(A, 0)
	ONE(B, 4)
	ONE(C, 8)
	ONE(D, 12)
	ADDQ $16, DST
	DECQ N
	JNZ  one

done:
	RET

// func Interleave6(dst, a, b, c, d, e, f *float32, n int)
TEXT ·Interleave6(SB), NOSPLIT, $0-64
	MOVQ dst+0(FP), DST
	MOVQ a+8(FP), A
	MOVQ b+16(FP), B
	MOVQ c+24(FP), C
	MOVQ d+32(FP), D
	MOVQ e+40(FP), E
	MOVQ f+48(FP), F
	MOVQ n+56(FP), N
	SUBQ $4, N
	JB   tail

four:
	FOUR
	VMOVUPS   (E), X4
	VMOVUPS   (F), X5
	VUNPCKLPS X5, X4, X6
	VUNPCKHPS X5, X4, X7
	VMOVUPS   X0, (DST)
	VMOVLPS   X6, 16(DST)
	VMOVUPS   X1, 24(DST)
	VMOVHPS   X6, 40(DST)
	VMOVUPS   X2, 48(DST)
	VMOVLPS   X7, 64(DST)
	VMOVUPS   X3, 72(DST)
	VMOVHPS   X7, 88(DST)
	ADDQ      $16, A
	ADDQ      $16, B
	ADDQ      $16, C
	ADDQ      $16, D
	ADDQ      $16, E
	ADDQ      $16, F
	ADDQ      $96, DST
	SUBQ      $4, N
	JAE       four

tail:
	ADDQ $4, N
	JZ   done

one:
	ONE(A, 0)
	ONE(B, 4)
	ONE(C, 8)
	ONE(D, 12)
	ONE(E, 16)
	ONE(F, 20)
	ADDQ $24, DST
	DECQ N
	JNZ  one

done:
	RET
