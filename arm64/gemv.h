// The loops of a Gemv on mapped blocks: four rows at a time, group by group.
	ARGUMENTS
	MOVD $BLOCK, R(STEP)
	CONSTANTS
	CLASS_CONSTANTS

rows:
	BEGIN_ROWS

	// One turn eats four blocks, and fetches as much of the next four rows.
group:
	PRFM_L2(AHEAD, 0)
	ADD  $(4*BLOCK), R(AHEAD)
	LDPQ_POST(X0, X1, QP, 32)
	FOUR_BLOCKS
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
