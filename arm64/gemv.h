// The loops of a Gemv on mapped blocks: four rows at a time, group by group.
	MOVD y+0(FP), R(Y)
	MOVD w+8(FP), R(WP)
	MOVD stride+16(FP), R(STRIDE)
	MOVD rows+24(FP), R(ROWS)
	MOVD $BLOCK, R(STEP)
	CONSTANTS
	CLASS_CONSTANTS

rows:
	MOVD groups+32(FP), R(N)
	MOVD q+40(FP), R(QP)
	MOVD scale+48(FP), R(SCP)
#ifdef MINIMUM
	MOVD sum+56(FP), R(MP)
#endif
	ROW_POINTERS
	MOVD R(WP), R(AHEAD)
	MOVI16B(F, 0)

	// One turn eats four blocks, and fetches as much of the next four rows.
group:
	PRFM_L2(AHEAD, 0)
	ADD  $(4*BLOCK), R(AHEAD)
	LDPQ_POST(X0, X1, QP, 32)
	FIRST(P0)
	NEXT(P1, 1)
	NEXT(P2, 2)
	NEXT(P3, 3)
	LOAD(P0, V0+0, V4+0, T0+0)
	LOAD(P1, V0+1, V4+1, T0+1)
	LOAD(P2, V0+2, V4+2, T0+2)
	LOAD(P3, V0+3, V4+3, T0+3)
	DECODE(V0+0, V4+0, T0+0)
	DECODE(V0+1, V4+1, T0+1)
	DECODE(V0+2, V4+2, T0+2)
	DECODE(V0+3, V4+3, T0+3)
	LDRS_POST(XS, SCP, 4)
	SCALES
	PRODUCTS
	FMULL(S, S, XS, 0)
	SUM_ROWS(I0)
	FMLA(F, I0, S)
#ifdef MINIMUM
	LDRS_POST(XM, MP, 4)
	FMLAL(F, M, XM, 0)
#endif
	SUBS $1, R(N)
	BNE  group

	STRQ_POST(F, Y, 16)
	SUBS $4, R(ROWS)
	BNE  rows
	RET
