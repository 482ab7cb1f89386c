// The loops of an unpacker: both halves of a panel, four rows each, group by
// group.
	MOVD q+0(FP), R(QP)
	MOVD scale+8(FP), R(SCP)
#ifdef MINIMUM
	MOVD min+16(FP), R(MP)
#endif
	MOVD w+24(FP), R(WP)
	MOVD stride+32(FP), R(STRIDE)
	MOVD $BLOCK, R(STEP)
	CONSTANTS
	MOVD $2, R(ROWS)

half:
	ROW_POINTERS
	MOVD groups+40(FP), R(N)

group:
	FOUR_BLOCKS
	SCALES
	STORE
	STRQ_POST(S, SCP, 16)
#ifdef MINIMUM
	STRQ_POST(M, MP, 16)
#endif
	SUBS $1, R(N)
	BNE  group
	SUBS $1, R(ROWS)
	BNE  half
	RET
