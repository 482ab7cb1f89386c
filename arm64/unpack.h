// The loop of an unpacker: half a panel, four rows, group by group.
	MOVD q+0(FP), R(QP)
	MOVD scale+8(FP), R(SCP)
#ifdef MINIMUM
	MOVD min+16(FP), R(MP)
#endif
	MOVD w+24(FP), R(P0)
	MOVD stride+32(FP), R(STRIDE)
	MOVD groups+40(FP), R(N)
	ADD  R(STRIDE), R(P0), R(P1)
	ADD  R(STRIDE), R(P1), R(P2)
	ADD  R(STRIDE), R(P2), R(P3)
	MOVD $BLOCK, R(STEP)
	CONSTANTS

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
	RET
