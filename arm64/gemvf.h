// The loops of a Gemv of a float format: four rows at a time, eight columns; then
// the rows that are left, one by one, in the same order of additions.
	MOVD y+0(FP), R(Y)
	MOVD w+8(FP), R(WP)
	MOVD stride+16(FP), R(STRIDE)
	MOVD rows+24(FP), R(ROWS)
	CONSTANTS
	SUBS $4, R(ROWS)
	BLT  tail

rows:
	MOVD cols+32(FP), R(N)
	MOVD x+40(FP), R(XP)
	ROW_POINTERS
	MOVI16B(A0+0, 0)
	MOVI16B(A0+1, 0)
	MOVI16B(A0+2, 0)
	MOVI16B(A0+3, 0)
	MOVI16B(B0+0, 0)
	MOVI16B(B0+1, 0)
	MOVI16B(B0+2, 0)
	MOVI16B(B0+3, 0)

eight:
	LDPQ_POST(X0, X1, XP, 32)
	EIGHT_ROWS
	FMLA(A0+0, V0+0, X0)
	FMLA(A0+1, V0+1, X0)
	FMLA(A0+2, V0+2, X0)
	FMLA(A0+3, V0+3, X0)
	FMLA(B0+0, V4+0, X1)
	FMLA(B0+1, V4+1, X1)
	FMLA(B0+2, V4+2, X1)
	FMLA(B0+3, V4+3, X1)
	SUBS $8, R(N)
	BNE  eight

	FADD(A0+0, A0+0, B0+0)
	FADD(A0+1, A0+1, B0+1)
	FADD(A0+2, A0+2, B0+2)
	FADD(A0+3, A0+3, B0+3)
	FADDP(A0+0, A0+0, A0+1)
	FADDP(A0+2, A0+2, A0+3)
	FADDP(A0+0, A0+0, A0+2)
	STRQ_POST(A0, Y, 16)
	SUBS $4, R(ROWS)
	BGE  rows

tail:
	ADDS $4, R(ROWS)
	BEQ  done

row:
	MOVD cols+32(FP), R(N)
	MOVD x+40(FP), R(XP)
	MOVD R(WP), R(P0)
	ADD  R(STRIDE), R(WP)
	MOVI16B(A0, 0)
	MOVI16B(B0, 0)

rowEight:
	LDPQ_POST(X0, X1, XP, 32)
	EIGHT(P0, V0, V4)
	FMLA(A0, V0, X0)
	FMLA(B0, V4, X1)
	SUBS $8, R(N)
	BNE  rowEight

	FADD(A0, A0, B0)
	FADDP(A0, A0, A0)
	FADDP(A0, A0, A0)
	STRS_POST(A0, Y, 4)
	SUBS $1, R(ROWS)
	BNE  row

done:
	RET
