// The loops of a GemmFloat. Columns are taken in pairs: MULTIPLY(at) for the
// first, MULTIPLY2(at) for the second, which may add to the vectors of sums until
// JOIN adds those to the results.
	MOVQ y+0(FP), Y
	MOVQ ldy+8(FP), LDY
	SHLQ $2, LDY
	MOVQ a+24(FP), A
	MOVQ tiles+40(FP), TILES

tile:
	MOVQ w+16(FP), W
	MOVQ A, GA
	EACH(ZERO, 0)
	CMPQ add+56(FP), $0
	JEQ  set
	MOVQ Y, YROW
	EACH(LOAD, 0)
	JMP  columns

set:
	EACH(CLEAR, 0)

columns:
	MOVQ cols+32(FP), LEFT
	SUBQ $2, LEFT
	JB   last

pair:
	WEIGHTS(0)
	EACH(MULTIPLY, 0)
	WEIGHTS(RECORD)
	EACH(MULTIPLY2, 4*TOKENS)
	ADDQ $(2*RECORD), W
	ADDQ $(8*TOKENS), GA
	SUBQ $2, LEFT
	JAE  pair

last:
	CMPQ LEFT, $-1
	JNE  done
	WEIGHTS(0)
	EACH(MULTIPLY, 0)

done:
	EACH(JOIN, 0)
	EACH(STORE, 0)
	ADDQ aStep+48(FP), A
	DECQ TILES
	JNZ  tile
	VZEROUPPER
	RET
