// The loops of an unpacker of blocks of 256 weights: both halves of a panel, four
// rows each, block by block.
	MOVD q+0(FP), R(QP)
	MOVD scale+8(FP), R(DS)
#ifdef MINIMUM
	MOVD min+16(FP), R(DM)
#endif
	MOVD w+24(FP), R(WP)
	MOVD stride+32(FP), R(STRIDE)
	CONSTANTS
	MOVD $2, R(ROWS)

half:
	ROW_POINTERS
	MOVD groups+40(FP), R(N)
	LSR  $3, R(N)

block:
	BLOCK_SCALES
	BLOCK_CONSTANTS
	GROUPS(UNPACK_GROUP)
	NEXT_BLOCKS
	SUBS $1, R(N)
	BNE  block
	SUBS $1, R(ROWS)
	BNE  half
	RET
