// The loops of a Gemv on mapped blocks of 32: four rows at a time, LANES groups of
// columns, of which there are four at least.
	MOVQ y+0(FP), Y
	MOVQ w+8(FP), W
	MOVQ stride+16(FP), STRIDE
	LEAQ (STRIDE)(STRIDE*2), STRIDE3
	MOVQ rows+24(FP), ROWS
	LEAQ (W)(STRIDE*8), AHEAD
	MOVQ AHEAD, FETCH
	CONSTANTS

rows:
	MOVQ    W, P
	MOVQ    q+40(FP), Q
	MOVQ    scale+48(FP), SCALE
	MOVQ    sum+56(FP), SUM
	MOVQ    groups+32(FP), LEFT
	SUBQ    $LANES, LEFT
	VMOVUPS ·lastwords+64(SB), MASK
	XOR     F, F, F

	// One turn eats LANES blocks of each row, and fetches as much of the next rows.
blocks:
	ADDQ $(4*LANES*BLOCK), AHEAD

fetch:
	PREFETCHT0 (FETCH)
	ADDQ $64, FETCH
	CMPQ FETCH, AHEAD
	JB   fetch

	GEMV
	ADDQ $(LANES*BLOCK), P
	ADDQ $(32*LANES), Q
	ADDQ $(4*LANES), SCALE
	ADDQ $(4*LANES), SUM
	SUBQ $LANES, LEFT
	JGE  blocks

	// Where fewer than LANES blocks remain, the row's last LANES are taken, and those
	// that were taken before do not count.
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
	JMP     blocks

end:
	STORESUMS((Y))
	ADDQ $16, Y
	LEAQ (W)(STRIDE*4), W
	SUBQ $4, ROWS
	JNZ  rows
	VZEROUPPER
	RET
