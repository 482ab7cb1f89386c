// The loops of a Gemv on mapped blocks: LANES rows at a time, block by block.
	MOVQ    y+0(FP), Y
	MOVQ    w+8(FP), W
	MOVQ    stride+16(FP), STRIDE
	LEAQ    (STRIDE)(STRIDE*2), STRIDE3
	MOVQ    rows+24(FP), ROWS
	MOVQ    q+40(FP), QROW
	MOVQ    scale+48(FP), SCALEROW
	MOVQ    sum+56(FP), SUMROW
	VMOVUPS ·evens(SB), EVENS
	VMOVUPS BIASBYTES, BIASES

rows:
	MOVQ W, P
	MOVQ QROW, Q
	MOVQ SCALEROW, SCALE
	MOVQ SUMROW, SUM
	MOVQ groups+32(FP), LEFT
	LEAQ (W)(STRIDE*4), AHEAD
	XOR  F, F, F

	// One turn eats a block of each row, and fetches as much of later rows.
block:
	PREFETCHT0 (AHEAD)
	PREFETCHT0 64(AHEAD)
	GEMV
	ADDQ $(LANES*BLOCK), AHEAD
	ADDQ $BLOCK, P
	ADDQ $COLUMNS, Q
	ADDQ $(COLUMNS/32*4), SCALE
	ADDQ $(COLUMNS/GROUP*4), SUM
	SUBQ $(COLUMNS/32), LEFT
	JNZ  block

	STORELANES((Y))
	ADDQ $(4*LANES), Y
	LEAQ (W)(STRIDE*LANES), W
	SUBQ $LANES, ROWS
	JNZ  rows
	VZEROUPPER
	RET
