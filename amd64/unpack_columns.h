// The loop of an unpacker of f16 columns that lie as the panel wants them.
	MOVQ f+0(FP), QOUT
	MOVQ v+8(FP), P0
	MOVQ stride+16(FP), STRIDE
	MOVQ cols+24(FP), LEFT

column:
	WIDENCOLUMN
	ADDQ STRIDE, P0
	ADDQ $RECORD, QOUT
	DECQ LEFT
	JNZ  column
	VZEROUPPER
	RET
