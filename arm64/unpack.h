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
