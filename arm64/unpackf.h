// The loops of an unpacker of floats: both halves of a panel, four rows each, to
// [column][4 rows].
	MOVD f+0(FP), R(Y)
	MOVD w+8(FP), R(WP)
	MOVD stride+16(FP), R(STRIDE)
	CONSTANTS
	MOVD $2, R(ROWS)

half:
	ROW_POINTERS
	MOVD cols+24(FP), R(N)
	SUBS $8, R(N)
	BLT  tail

eight:
	EIGHT_ROWS
	ST4S_POST(V0, Y)
	ST4S_POST(V4, Y)
	SUBS $8, R(N)
	BGE  eight

tail:
	ADDS $8, R(N)
	BEQ  next

one:
	ONE(P0, V0+0)
	ONE(P1, V0+1)
	ONE(P2, V0+2)
	ONE(P3, V0+3)
	STRS_POST(V0+0, Y, 4)
	STRS_POST(V0+1, Y, 4)
	STRS_POST(V0+2, Y, 4)
	STRS_POST(V0+3, Y, 4)
	SUBS $1, R(N)
	BNE  one

next:
	SUBS $1, R(ROWS)
	BNE  half
	RET
