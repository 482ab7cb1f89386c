// The loop of an unpacker of blocks of 256 weights: half a panel, four rows, block
// by block.
	MOVD q+0(FP), R(QP)
	MOVD scale+8(FP), R(DS)
#ifdef MINIMUM
	MOVD min+16(FP), R(DM)
#endif
	MOVD w+24(FP), R(P0)
	MOVD stride+32(FP), R(STRIDE)
	MOVD groups+40(FP), R(N)
	LSR  $3, R(N)
	ADD  R(STRIDE), R(P0), R(P1)
	ADD  R(STRIDE), R(P1), R(P2)
	ADD  R(STRIDE), R(P2), R(P3)
	CONSTANTS

block:
	BLOCK_SCALES
	BLOCK_CONSTANTS
	GROUPS(UNPACK_GROUP)
	NEXT_BLOCKS
	SUBS $1, R(N)
	BNE  block
	RET
