#include "textflag.h"

#define DST DI
#define X SI
#define N CX

// func Narrow(dst *uint16, x *float32, n int)
TEXT ·Narrow(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DST
	MOVQ x+8(FP), X
	MOVQ n+16(FP), N
	SUBQ $8, N
	JB   tail

	// Rounding mode 0 is to nearest, ties to even.
eight:
	VMOVUPS   (X), Y0
	VCVTPS2PH $0, Y0, (DST)
	ADDQ      $32, X
	ADDQ      $16, DST
	SUBQ      $8, N
	JAE       eight

tail:
	ADDQ $8, N
	JZ   done

one:
	VMOVSS    (X), X0
	VCVTPS2PH $0, X0, X0
	VPEXTRW   $0, X0, (DST)
	ADDQ      $4, X
	ADDQ      $2, DST
	DECQ      N
	JNZ       one

done:
	VZEROUPPER
	RET
