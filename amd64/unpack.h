// The loops of an unpacker: values [group][word][row][4], scales and minimums
// [group][row], of WORDS rows at a time.
	MOVQ stride+32(FP), STRIDE
	LEAQ (STRIDE)(STRIDE*2), STRIDE3
	MOVQ $STRIPS, STRIP

strip:
	MOVQ q+0(FP), QOUT
	MOVQ scale+8(FP), SCALEOUT
	MOVQ min+16(FP), MINOUT
	MOVQ w+24(FP), P0
	LEAQ (P0)(STRIDE*4), P1
	LEAQ (P1)(STRIDE*4), P2
	LEAQ (P2)(STRIDE*4), P3
	MOVQ groups+40(FP), LEFT

block:
	UNPACK
	ADDQ $BLOCK, P0
	ADDQ $BLOCK, P1
	ADDQ $BLOCK, P2
	ADDQ $BLOCK, P3
	ADDQ $(COLUMNS/4*RECORD), QOUT
	ADDQ $(COLUMNS/GROUP*RECORD), SCALEOUT
	ADDQ $(COLUMNS/GROUP*RECORD), MINOUT
	SUBQ $(COLUMNS/32), LEFT
	JNZ  block

	ADDQ   $(4*WORDS), q+0(FP)
	ADDQ   $(4*WORDS), scale+8(FP)
	ADDQ   $(4*WORDS), min+16(FP)
	IMUL3Q $WORDS, STRIDE, AX
	ADDQ   AX, w+24(FP)
	DECQ   STRIP
	JNZ    strip
	VZEROUPPER
	RET
