// The loops of a Gemv on mapped blocks of 256 weights: four rows at a time, block
// by block. The frame holds a block's scales and minimums as floats.
	ARGUMENTS
	MOVD $scratch-512(SP), R(SCRATCH)
	CONSTANTS
	CLASS_CONSTANTS

rows:
	BEGIN_ROWS
	LSR  $3, R(N)

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
