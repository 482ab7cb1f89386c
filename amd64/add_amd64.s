#include "textflag.h"
#include "tail.h"

#define Y DI
#define X SI
#define N CX
#define TABLE AX

// func Add(y, x *float32, n int)
TEXT ·Add(SB), NOSPLIT, $0-24
	MOVQ y+0(FP), Y
	MOVQ x+8(FP), X
	MOVQ n+16(FP), N
	SUBQ $8, N
	JB   tail

eight:
	VMOVUPS (Y), Y0
	VADDPS  (X), Y0, Y0
	VMOVUPS Y0, (Y)
	ADDQ    $32, Y
	ADDQ    $32, X
	SUBQ    $8, N
	JAE     eight

tail:
	ADDQ       $8, N
	JZ         done
	TAIL(N, TABLE, Y3)
	VMASKMOVPS (Y), Y3, Y0
	VMASKMOVPS (X), Y3, Y1
	VADDPS     Y1, Y0, Y0
	VMASKMOVPS Y0, Y3, (Y)

done:
	VZEROUPPER
	RET
