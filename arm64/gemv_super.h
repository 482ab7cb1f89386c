// The loops of a Gemv on mapped blocks of 256 weights: four rows at a time, block
// by block. The frame holds a block's scales and minimums as floats.
	MOVD y+0(FP), R(Y)
	MOVD w+8(FP), R(WP)
	MOVD stride+16(FP), R(STRIDE)
	MOVD rows+24(FP), R(ROWS)
	MOVD $scratch-512(SP), R(SCRATCH)
	CONSTANTS
	CLASS_CONSTANTS

rows:
	MOVD groups+32(FP), R(N)
	LSR  $3, R(N)
	MOVD q+40(FP), R(QP)
	MOVD scale+48(FP), R(SCP)
#ifdef MINIMUM
	MOVD sum+56(FP), R(MP)
#endif
	ROW_POINTERS
	MOVD R(WP), R(AHEAD)
	MOVI16B(F, 0)

	// One turn eats four blocks, and fetches as much of the next four rows.
block:
	MOVD R(SCRATCH), R(DS)
	ADD  $SCALES_BYTES, R(SCRATCH), R(DM)
	BLOCK_SCALES
	BLOCK_CONSTANTS
	GROUPS(GEMV_GROUP)
	NEXT_BLOCKS
	ADD  $(4*BLOCK), R(AHEAD)
	SUBS $1, R(N)
	BNE  block

	STRQ_POST(F, Y, 16)
	SUBS $4, R(ROWS)
	BNE  rows
	RET
