#include "textflag.h"

#define Q DI
#define SCALE SI
#define SUM DX
#define SUM16 CX
#define X R8
#define GROUPS R9 // to go
#define AMAX AX // bits of the largest magnitude

// func Quantize(q *int8, scale, sum, sum16, x *float32, groups int)
TEXT ·Quantize(SB), NOSPLIT, $0-48
	MOVQ    q+0(FP), Q
	MOVQ    scale+8(FP), SCALE
	MOVQ    sum+16(FP), SUM
	MOVQ    sum16+24(FP), SUM16
	MOVQ    x+32(FP), X
	MOVQ    groups+40(FP), GROUPS
	VMOVSS  ·f127(SB), X15
	VMOVDQU ·absolute(SB), Y14
	VMOVDQU ·unpacked(SB), Y13
	VMOVDQU ·bytes1(SB), Y12
	VMOVDQU ·words1(SB), Y11

group:
	VMOVUPS (X), Y0
	VMOVUPS 32(X), Y1
	VMOVUPS 64(X), Y2
	VMOVUPS 96(X), Y3

	// Magnitudes compare as integers: NaN above infinity above all numbers.
	VPAND        Y14, Y0, Y4
	VPAND        Y14, Y1, Y5
	VPAND        Y14, Y2, Y6
	VPAND        Y14, Y3, Y7
	VPMAXSD      Y5, Y4, Y4
	VPMAXSD      Y7, Y6, Y6
	VPMAXSD      Y6, Y4, Y4
	VEXTRACTI128 $1, Y4, X5
	VPMAXSD      X5, X4, X4
	VPSHUFD      $0x4e, X4, X5
	VPMAXSD      X5, X4, X4
	VPSHUFD      $0xb1, X4, X5
	VPMAXSD      X5, X4, X4
	VMOVD        X4, AMAX
	CMPL         AMAX, $0x7f800000
	JAE          fault
	CMPL         AMAX, $0x0d800000 // 2^-100
	JB           zero

	VDIVSS       X15, X4, X5 // scale = amax / 127
	VDIVSS       X4, X15, X6 // its reciprocal = 127 / amax
	VBROADCASTSS X6, Y6
	VMULPS       Y6, Y0, Y0
	VMULPS       Y6, Y1, Y1
	VMULPS       Y6, Y2, Y2
	VMULPS       Y6, Y3, Y3
	VCVTPS2DQ    Y0, Y0
	VCVTPS2DQ    Y1, Y1
	VCVTPS2DQ    Y2, Y2
	VCVTPS2DQ    Y3, Y3
	VPACKSSDW    Y1, Y0, Y0
	VPACKSSDW    Y3, Y2, Y2
	VPACKSSWB    Y2, Y0, Y0
	VPERMD       Y0, Y13, Y0 // words in order again: packing goes lane by lane
	VMOVDQU      Y0, (Q)

	// The sums of the halves, one a lane, then of both.
	VPMADDUBSW   Y0, Y12, Y0
	VPMADDWD     Y11, Y0, Y0
	VPHADDD      Y0, Y0, Y0
	VPHADDD      Y0, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPADDD       X1, X0, X2
	VPUNPCKLDQ   X1, X0, X0
	VCVTDQ2PS    X0, X0
	VCVTDQ2PS    X2, X2
	VBROADCASTSS X5, X6
	VMULPS       X6, X0, X0
	VMULSS       X5, X2, X2
	VMOVLPS      X0, (SUM16)
	VMOVSS       X2, (SUM)
	VMOVSS       X5, (SCALE)

next:
	ADDQ $128, X
	ADDQ $32, Q
	ADDQ $4, SCALE
	ADDQ $4, SUM
	ADDQ $8, SUM16
	DECQ GROUPS
	JNZ  group
	VZEROUPPER
	RET

	// A NaN or an infinity shows as a NaN scale; all values are zero.
fault:
	MOVL $0x7fc00000, AX
	JMP  none

	// So small that the reciprocal would overflow.
zero:
	XORL AX, AX

none:
	VPXOR   Y0, Y0, Y0
	VMOVDQU Y0, (Q)
	MOVL    AX, (SCALE)
	MOVL    AX, (SUM)
	MOVL    AX, (SUM16)
	MOVL    AX, 4(SUM16)
	JMP     next
