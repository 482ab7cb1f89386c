// Softmax of n floats. V0 is those at hand, V3 to V5 are free.
	EXPCONSTANTS
	VBROADCASTSS scale+16(FP), SCALE

	// The largest number.
	MOVQ         x+0(FP), X
	MOVQ         n+8(FP), N
	VBROADCASTSS (X), LARGE
	SUBQ         $WORDS, N
	JB           maxEnd

max:
	VMAXPS (X), LARGE, LARGE
	ADDQ   $(4*WORDS), X
	SUBQ   $WORDS, N
	JAE    max

maxEnd:
	ADDQ   $WORDS, N
	JZ     across
	ENDOF(N, T)
	LOADEND((X), V0)
	KEEPEND(LARGE, V0)
	VMAXPS V0, LARGE, LARGE

across:
	ACROSS(VMAXPS, LARGE, V0)

	// exp(scale * (x - largest)), and the sum of them.
	MOVQ x+0(FP), X
	MOVQ n+8(FP), N
	XOR  SUM, SUM, SUM
	SUBQ $WORDS, N
	JB   weighEnd

weigh:
	VMOVUPS (X), V0
	WEIGH
	VADDPS  V3, SUM, SUM
	VMOVUPS V3, (X)
	ADDQ    $(4*WORDS), X
	SUBQ    $WORDS, N
	JAE     weigh

weighEnd:
	ADDQ   $WORDS, N
	JZ     total
	LOADEND((X), V0)
	WEIGH
	CLEAREND(V3)
	VADDPS V3, SUM, SUM
	STOREEND(V3, (X))

	// Over the sum.
total:
	ACROSS(VADDPS, SUM, V0)
	VDIVPS SUM, ONE, SUM
	MOVQ   x+0(FP), X
	MOVQ   n+8(FP), N
	SUBQ   $WORDS, N
	JB     timesEnd

times:
	VMULPS  (X), SUM, V0
	VMOVUPS V0, (X)
	ADDQ    $(4*WORDS), X
	SUBQ    $WORDS, N
	JAE     times

timesEnd:
	ADDQ   $WORDS, N
	JZ     done
	LOADEND((X), V0)
	VMULPS V0, SUM, V0
	STOREEND(V0, (X))

done:
	VZEROUPPER
	RET
