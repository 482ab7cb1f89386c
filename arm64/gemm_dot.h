// The loops of a GemmDot over tiles and groups of 32 columns, and its result.
// The includer defines GROUP, the work on one group, and HALF_GROUPS, how many
// scales a row has in it.

	MOVD y+0(FP), R(Y)
	MOVD ldy+8(FP), R(LDY)
	MOVD w+16(FP), R(W)
	MOVD wScale+24(FP), R(WS)
	MOVD wMin+32(FP), R(WM)
	MOVD a+40(FP), R(A)
	MOVD scale+48(FP), R(AS)
	MOVD sum+56(FP), R(AM)
	MOVD groups+64(FP), R(GROUPS)
	MOVD tiles+72(FP), R(TILES)
	LSL  $2, R(LDY)
	LSL  $7, R(GROUPS), R(HALF)
	MOVD $(16*HALF_GROUPS), R(SCALED)
	MUL  R(GROUPS), R(SCALED), R(SCALED)
	MOVD $gemmBias<>(SB), R(BIAS)
	LDRQ(BIAS_IN, BIAS, 0)

tile:
	MOVD R(W), R(W0P)
	MOVD R(WS), R(WS0P)
	MOVD R(WM), R(WM0P)
	ADD  R(HALF), R(W), R(W1P)
	ADD  R(SCALED), R(WS), R(WS1P)
	ADD  R(SCALED), R(WM), R(WM1P)
	MOVD R(A), R(AP)
	MOVD R(AS), R(ASP)
	MOVD R(AM), R(AMP)
	MOVD R(GROUPS), R(N)
	CLEAR_TILE

group:
	GROUP
	SUBS $1, R(N)
	BNE  group

	MOVD add+104(FP), R(ADDED)
	RESULT
	NEXT_TILE
	SUBS $1, R(TILES)
	BNE  tile
	RET
