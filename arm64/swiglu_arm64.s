#include "textflag.h"
#include "neon.h"
#include "exp.h"

#define G 0
#define U 1
#define N 2
#define T 3 // the table of constants, then where results go: a pointer of its own lets
            // the next turn begin before this one ends

#define X  0 // g, the result
#define E  1 // e^-g, then 1 + e^-g
#define XU 2
#define T0 4
#define T1 5
#define T2 6

#define GATE \
	FNEG(E, X) \
	EXP(E, T0, T1, T2) \
	FADD(E, E, ONE) \
	FDIV(X, X, E) \
	FMUL(X, X, XU)

// func SwiGLU(gate, up *float32, n int)
TEXT ·SwiGLU(SB), NOSPLIT, $0-24
	MOVD gate+0(FP), R(G)
	MOVD up+8(FP), R(U)
	MOVD n+16(FP), R(N)
	EXP_CONSTANTS(T)
	MOVD R(G), R(T)
	SUBS $4, R(N)
	BLT  tail

four:
	LDRQ_POST(X, G, 16)
	LDRQ_POST(XU, U, 16)
	GATE
	STRQ_POST(X, T, 16)
	SUBS $4, R(N)
	BGE  four

tail:
	ADDS $4, R(N)
	BEQ  done

one:
	LDRS_POST(X, G, 4)
	LDRS_POST(XU, U, 4)
	GATE
	STRS_POST(X, T, 4)
	SUBS $1, R(N)
	BNE  one

done:
	RET
