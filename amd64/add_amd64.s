#include "textflag.h"
#include "avx2.h"

#define Y DI
#define X SI
#define N CX
#define T AX

// func Add(y, x *float32, n int)
TEXT ·Add(SB), NOSPLIT, $0-24
	MOVQ y+0(FP), Y
	MOVQ x+8(FP), X
	MOVQ n+16(FP), N
	SUBQ $8, N
	JB   end

eight:
	VMOVUPS (Y), Y0
	VADDPS  (X), Y0, Y0
	VMOVUPS Y0, (Y)
	ADDQ    $32, Y
	ADDQ    $32, X
	SUBQ    $8, N
	JAE     eight

end:
	ADDQ   $8, N
	JZ     done
	ENDOF(N, T)
	LOADEND((Y), Y0)
	LOADEND((X), Y1)
	VADDPS Y1, Y0, Y0
	STOREEND(Y0, (Y))

done:
	VZEROUPPER
	RET
