#include "textflag.h"
#include "avx2.h"

#define Y DI
#define X SI
#define W DX
#define N CX
#define T AX

// SQUARES adds the squares of the numbers in Y0 to Y4 and Y5, in f64, where none
// overflows. Changes Y1 to Y3.
#define SQUARES \
	VEXTRACTF128 $1, Y0, X1; \
	VCVTPS2PD    X0, Y2; \
	VCVTPS2PD    X1, Y3; \
	VFMADD231PD  Y2, Y2, Y4; \
	VFMADD231PD  Y3, Y3, Y5

// func RMSNorm(y, x, w *float32, n int, eps float32)
TEXT ·RMSNorm(SB), NOSPLIT, $0-36
	MOVQ   x+8(FP), X
	MOVQ   n+24(FP), N
	VXORPD Y4, Y4, Y4
	VXORPD Y5, Y5, Y5
	SUBQ   $8, N
	JB     squaresEnd

squares:
	VMOVUPS (X), Y0
	SQUARES
	ADDQ    $32, X
	SUBQ    $8, N
	JAE     squares

squaresEnd:
	ADDQ $8, N
	JZ   scale
	ENDOF(N, T)
	LOADEND((X), Y0)
	SQUARES

	// 1 / sqrt(mean + eps), in Y4.
scale:
	VADDPD       Y5, Y4, Y4
	VEXTRACTF128 $1, Y4, X5
	VADDPD       X5, X4, X4
	VHADDPD      X4, X4, X4
	MOVQ         n+24(FP), N
	VXORPD       X0, X0, X0
	VCVTSI2SDQ   N, X0, X1
	VDIVSD       X1, X4, X4
	VCVTSS2SD    eps+32(FP), X0, X1
	VADDSD       X1, X4, X4
	VSQRTSD      X4, X4, X4
	VCVTSS2SD    ·one(SB), X0, X1
	VDIVSD       X4, X1, X4
	VCVTSD2SS    X4, X4, X4
	VBROADCASTSS X4, Y4
	MOVQ         y+0(FP), Y
	MOVQ         x+8(FP), X
	MOVQ         w+16(FP), W
	SUBQ         $8, N
	JB           timesEnd

times:
	VMULPS  (X), Y4, Y0
	VMULPS  (W), Y0, Y0
	VMOVUPS Y0, (Y)
	ADDQ    $32, X
	ADDQ    $32, W
	ADDQ    $32, Y
	SUBQ    $8, N
	JAE     times

timesEnd:
	ADDQ   $8, N
	JZ     done
	LOADEND((X), Y0)
	LOADEND((W), Y1)
	VMULPS Y0, Y4, Y0
	VMULPS Y1, Y0, Y0
	STOREEND(Y0, (Y))

done:
	VZEROUPPER
	RET
