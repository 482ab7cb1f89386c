// The loops of an unpacker of floats [column][row], of WORDS rows at a time, 16
// bytes of each. A format defines NUMBER, its bytes, and COLUMNS, which writes the
// transposed words in V0 to V3.
	MOVQ stride+16(FP), STRIDE
	LEAQ (STRIDE)(STRIDE*2), STRIDE3
	MOVQ w+8(FP), W0
	XORQ STRIP, STRIP

strip:
	MOVQ f+0(FP), QOUT
	ADDQ STRIP, QOUT
	MOVQ W0, P0
	LEAQ (P0)(STRIDE*4), P1
	LEAQ (P1)(STRIDE*4), P2
	LEAQ (P2)(STRIDE*4), P3
	MOVQ cols+24(FP), LEFT

columns:
	LOADWORDS(0)
	COLUMNS
	ADDQ $16, P0
	ADDQ $16, P1
	ADDQ $16, P2
	ADDQ $16, P3
	ADDQ $(16/NUMBER*RECORD), QOUT
	SUBQ $(16/NUMBER), LEFT
	JNZ  columns

	IMUL3Q $WORDS, STRIDE, AX
	ADDQ   AX, W0
	ADDQ   $(4*WORDS), STRIP
	CMPQ   STRIP, $RECORD
	JNE    strip
	VZEROUPPER
	RET
