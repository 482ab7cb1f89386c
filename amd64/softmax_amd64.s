#include "textflag.h"
#include "exp.h"
#include "tail.h"

#define X DI
#define N CX
#define TABLE AX

// Y0 is the numbers at hand, Y3 to Y5 are free.
#define LARGE Y6 // the largest number
#define SUM Y7
#define SCALE Y8
#define MASK Y9

#define WEIGH \
	VSUBPS LARGE, Y0, Y0; \
	VMULPS SCALE, Y0, Y0; \
	EXP(Y0, Y3, Y4, Y5)

// func Softmax(x *float32, n int, scale float32)
TEXT ·Softmax(SB), NOSPLIT, $0-20
	EXPCONSTANTS
	VBROADCASTSS scale+16(FP), SCALE

	// The largest number.
	MOVQ         x+0(FP), X
	MOVQ         n+8(FP), N
	VBROADCASTSS (X), LARGE
	SUBQ         $8, N
	JB           maxTail

max:
	VMAXPS (X), LARGE, LARGE
	ADDQ   $32, X
	SUBQ   $8, N
	JAE    max

maxTail:
	ADDQ       $8, N
	JZ         spread
	TAIL(N, TABLE, MASK)
	VMASKMOVPS (X), MASK, Y0
	VBLENDVPS  MASK, Y0, LARGE, Y0
	VMAXPS     Y0, LARGE, LARGE

spread:
	VPERM2F128 $1, LARGE, LARGE, Y0
	VMAXPS     Y0, LARGE, LARGE
	VPERMILPS  $0x4e, LARGE, Y0
	VMAXPS     Y0, LARGE, LARGE
	VPERMILPS  $0xb1, LARGE, Y0
	VMAXPS     Y0, LARGE, LARGE

	// exp(scale * (x - largest)), and the sum of them.
	MOVQ   x+0(FP), X
	MOVQ   n+8(FP), N
	VXORPS SUM, SUM, SUM
	SUBQ   $8, N
	JB     weighTail

weigh:
	VMOVUPS (X), Y0
	WEIGH
	VADDPS  Y0, SUM, SUM
	VMOVUPS Y0, (X)
	ADDQ    $32, X
	SUBQ    $8, N
	JAE     weigh

weighTail:
	ADDQ       $8, N
	JZ         total
	VMASKMOVPS (X), MASK, Y0
	WEIGH
	VANDPS     MASK, Y0, Y0
	VADDPS     Y0, SUM, SUM
	VMASKMOVPS Y0, MASK, (X)

	// Over the sum.
total:
	VPERM2F128 $1, SUM, SUM, Y0
	VADDPS     Y0, SUM, SUM
	VHADDPS    SUM, SUM, SUM
	VHADDPS    SUM, SUM, SUM
	VDIVPS     SUM, ONE, SUM
	MOVQ       x+0(FP), X
	MOVQ       n+8(FP), N
	SUBQ       $8, N
	JB         timesTail

times:
	VMULPS  (X), SUM, Y0
	VMOVUPS Y0, (X)
	ADDQ    $32, X
	SUBQ    $8, N
	JAE     times

timesTail:
	ADDQ       $8, N
	JZ         done
	VMASKMOVPS (X), MASK, Y0
	VMULPS     Y0, SUM, Y0
	VMASKMOVPS Y0, MASK, (X)

done:
	VZEROUPPER
	RET
