// The loops of a GemmNeon over tiles, halves of the panel and groups of 32
// columns, and its result. The includer defines GROUP, the work on one group.

	MOVD y+0(FP), R(Y)
	MOVD ldy+8(FP), R(LDY)
	MOVD a+40(FP), R(A)
	MOVD scale+48(FP), R(AS)
	MOVD sum+56(FP), R(AM)
	MOVD groups+64(FP), R(GROUPS)
	MOVD tiles+72(FP), R(TILES)
	LSL  $2, R(LDY)

tile:
	MOVD R(Y), R(YP)
	MOVD w+16(FP), R(WP)
	MOVD wScale+24(FP), R(WSP)
	MOVD wMin+32(FP), R(WMP)
	MOVD $1, R(HALF)

	// The second half panel lies behind the first.
half:
	MOVD R(A), R(AP)
	MOVD R(AS), R(ASP)
	MOVD R(AM), R(AMP)
	MOVD R(GROUPS), R(N)
	MOVI16B(F0+0, 0)
	MOVI16B(F0+1, 0)
	MOVI16B(F0+2, 0)
	MOVI16B(F0+3, 0)

group:
	GROUP
	SUBS $1, R(N)
	BNE  group

	// y is set, or added to.
	MOVD R(YP), R(AP)
	ADD  R(LDY), R(AP), R(ASP)
	ADD  R(LDY), R(ASP), R(AMP)
	ADD  R(LDY), R(AMP), R(N)
	MOVD add+104(FP), R(TMP)
	CBZ  R(TMP), store
	LDRQ(T0+0, AP, 0)
	LDRQ(T0+1, ASP, 0)
	LDRQ(T0+2, AMP, 0)
	LDRQ(T0+3, N, 0)
	FADD(F0+0, F0+0, T0+0)
	FADD(F0+1, F0+1, T0+1)
	FADD(F0+2, F0+2, T0+2)
	FADD(F0+3, F0+3, T0+3)

store:
	STRQ(F0+0, AP, 0)
	STRQ(F0+1, ASP, 0)
	STRQ(F0+2, AMP, 0)
	STRQ(F0+3, N, 0)
	ADD  $16, R(YP)
	SUBS $1, R(HALF)
	BEQ  half

	ADD  R(LDY)<<2, R(Y)
	NEXT_TILE
	SUBS $1, R(TILES)
	BNE  tile
	RET
