#include "textflag.h"
#include "exp.h"
#include "tail.h"

#define G DI
#define U SI
#define N CX
#define TABLE AX

// GATE turns g in Y0 and u in Y1 into g / (1 + e^-g) * u. Changes Y2 to Y5.
#define GATE \
	VXORPS ·signs(SB), Y0, Y2; \
	EXP(Y2, Y3, Y4, Y5); \
	VADDPS ONE, Y2, Y2; \
	VDIVPS Y2, Y0, Y0; \
	VMULPS Y1, Y0, Y0

// func SwiGLU(gate, up *float32, n int)
TEXT ·SwiGLU(SB), NOSPLIT, $0-24
	MOVQ gate+0(FP), G
	MOVQ up+8(FP), U
	MOVQ n+16(FP), N
	EXPCONSTANTS
	SUBQ $8, N
	JB   tail

eight:
	VMOVUPS (G), Y0
	VMOVUPS (U), Y1
	GATE
	VMOVUPS Y0, (G)
	ADDQ    $32, G
	ADDQ    $32, U
	SUBQ    $8, N
	JAE     eight

tail:
	ADDQ       $8, N
	JZ         done
	TAIL(N, TABLE, Y6)
	VMASKMOVPS (G), Y6, Y0
	VMASKMOVPS (U), Y6, Y1
	GATE
	VMASKMOVPS Y0, Y6, (G)

done:
	VZEROUPPER
	RET
