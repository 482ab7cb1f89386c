#include "textflag.h"

#define X DI
#define T SI
#define N CX
#define UPPER DX // the second half of X

// func RopePairs(x, t *float32, n int)
TEXT ·RopePairs(SB), NOSPLIT, $0-24
	MOVQ x+0(FP), X
	MOVQ t+8(FP), T
	MOVQ n+16(FP), N

pairs:
	VMOVUPS   (X), Y0
	VPERMILPS $0xb1, Y0, Y1 // b, a
	VMOVSLDUP (T), Y2       // cos, cos
	VMOVSHDUP (T), Y3       // sin, sin
	VMULPS    Y2, Y0, Y0
	VMULPS    Y3, Y1, Y1
	VADDSUBPS Y1, Y0, Y0    // a cos - b sin, b cos + a sin
	VMOVUPS   Y0, (X)
	ADDQ      $32, X
	ADDQ      $32, T
	SUBQ      $8, N
	JNZ       pairs
	VZEROUPPER
	RET

// func RopeHalves(x, t *float32, n int)
TEXT ·RopeHalves(SB), NOSPLIT, $0-24
	MOVQ x+0(FP), X
	MOVQ t+8(FP), T
	MOVQ n+16(FP), N
	LEAQ (X)(N*2), UPPER

halves:
	VMOVUPS (T), Y0
	VMOVUPS 32(T), Y1
	VSHUFPS $0x88, Y1, Y0, Y2
	VSHUFPS $0xdd, Y1, Y0, Y3
	VPERMPD $0xd8, Y2, Y2 // eight cosines
	VPERMPD $0xd8, Y3, Y3 // eight sines
	VMOVUPS (X), Y0
	VMOVUPS (UPPER), Y1
	VMULPS  Y2, Y0, Y4
	VMULPS  Y3, Y1, Y5
	VSUBPS  Y5, Y4, Y4
	VMOVUPS Y4, (X)
	VMULPS  Y3, Y0, Y0
	VMULPS  Y2, Y1, Y1
	VADDPS  Y1, Y0, Y0
	VMOVUPS Y0, (UPPER)
	ADDQ    $32, X
	ADDQ    $32, UPPER
	ADDQ    $64, T
	SUBQ    $16, N
	JNZ     halves
	VZEROUPPER
	RET
