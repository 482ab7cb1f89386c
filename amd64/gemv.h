// The loops of a Gemv on mapped blocks: four rows at a time, and of each in one
// turn LANES blocks of 32 columns, of which there are at least four, or one
// SUPERBLOCK of 256.
#ifdef SUPERBLOCK
#define TURN 8
#define BYTES BLOCK
#else
#define TURN LANES
#define BYTES (LANES*BLOCK)
#endif

	MOVQ y+0(FP), Y
	MOVQ w+8(FP), W
	MOVQ stride+16(FP), STRIDE
	LEAQ (STRIDE)(STRIDE*2), STRIDE3
	MOVQ rows+24(FP), ROWS
	LEAQ (W)(STRIDE*4), AHEAD
	MOVQ AHEAD, FETCH
	CONSTANTS

rows:
	MOVQ W, P
	MOVQ q+40(FP), Q
	MOVQ scale+48(FP), SCALE
	MOVQ sum+56(FP), SUM
	MOVQ groups+32(FP), LEFT
	SUBQ $TURN, LEFT
	XOR  F, F, F
#ifndef SUPERBLOCK
	VMOVUPS ·lastwords+64(SB), MASK
#endif

turn:
	PREFETCH(4*BYTES)
	GEMV
	ADDQ $BYTES, P
	ADDQ $(32*TURN), Q
	ADDQ $(4*TURN), SCALE
	ADDQ $(128/GROUP*TURN), SUM
	SUBQ $TURN, LEFT
	JGE  turn

	// Where fewer than LANES blocks remain, the row's last LANES are taken, and those
	// that were taken before do not count.
#ifndef SUPERBLOCK
	CMPQ    LEFT, $-LANES
	JEQ     end
	LEAQ    (SUM)(LEFT*4), SUM
	LEAQ    (SCALE)(LEFT*4), SCALE
	IMUL3Q  $BLOCK, LEFT, R9
	ADDQ    R9, P
	SHLQ    $4, LEFT
	LEAQ    (Q)(LEFT*2), Q
	LEAQ    ·lastwords+64(SB), R9
	VMOVUPS (R9)(LEFT*1), MASK
	XORQ    LEFT, LEFT
	JMP     turn

end:
#endif
	STORESUMS((Y))
	ADDQ $16, Y
	LEAQ (W)(STRIDE*4), W
	SUBQ $4, ROWS
	JNZ  rows
	VZEROUPPER
	RET

#undef TURN
#undef BYTES
