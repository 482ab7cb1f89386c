// The loops of a Gemm: a panel of weights times tile after tile. GROUP is the
// kind of group, with SCALES scales.
	MOVQ y+0(FP), Y
	MOVQ ldy+8(FP), LDY
	SHLQ $2, LDY
	MOVQ a+40(FP), A
	MOVQ scale+48(FP), SCALE
	MOVQ sum+56(FP), SUM
	MOVQ tiles+72(FP), TILES
	SHLQ $2, scaleStep+88(FP)
	SHLQ $2, sumStep+96(FP)
	MOVQ ahead+112(FP), AHEAD
	CONSTANTS

tile:
	MOVQ w+16(FP), W
	MOVQ wScale+24(FP), WSCALE
	MOVQ wMin+32(FP), WMIN
	MOVQ A, GA
	MOVQ SCALE, GSCALE
	MOVQ SUM, GSUM
	CMPQ add+104(FP), $0
	JEQ  set
	MOVQ Y, YROW
	EACH(LOAD, 0)
	JMP  groups

set:
	EACH(CLEAR, 0)

groups:
	MOVQ groups+64(FP), LEFT

group:
	PREFETCHT1 (AHEAD)
	ADDQ aheadStep+120(FP), AHEAD
	GROUP
	ADDQ $(8*RECORD), W
	ADDQ $(SCALES*RECORD), WSCALE
	ADDQ $(SCALES*RECORD), WMIN
	ADDQ $(32*TOKENS), GA
	ADDQ $(4*TOKENS), GSCALE
	ADDQ $(4*TOKENS*SCALES), GSUM
	DECQ LEFT
	JNZ  group

	EACH(STORE, 0)
	ADDQ aStep+80(FP), A
	ADDQ scaleStep+88(FP), SCALE
	ADDQ sumStep+96(FP), SUM
	DECQ TILES
	JNZ  tile
	VZEROUPPER
	RET

#undef GROUP
#undef SCALES
