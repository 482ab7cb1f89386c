// The loops of a Gemv on floats: 4 rows at a time, results in V8 to V11. A format
// defines NUMBER, its bytes, and FLOATS(from, to), which widens WORDS numbers.
	MOVQ y+0(FP), Y
	MOVQ w+8(FP), W
	MOVQ stride+16(FP), STRIDE
	LEAQ (STRIDE)(STRIDE*2), STRIDE3
	MOVQ rows+24(FP), ROWS
	LEAQ (W)(STRIDE*4), AHEAD
	MOVQ AHEAD, FETCH

rows:
	MOVQ W, P
	MOVQ x+40(FP), Q
	MOVQ cols+32(FP), LEFT
	XOR  V8, V8, V8
	XOR  V9, V9, V9
	XOR  V10, V10, V10
	XOR  V11, V11, V11

columns:
	PREFETCH(4*NUMBER*WORDS)
	VMOVUPS     (Q), V4
	FLOATS((P), V0)
	FLOATS((P)(STRIDE*1), V1)
	FLOATS((P)(STRIDE*2), V2)
	FLOATS((P)(STRIDE3*1), V3)
	VFMADD231PS V0, V4, V8
	VFMADD231PS V1, V4, V9
	VFMADD231PS V2, V4, V10
	VFMADD231PS V3, V4, V11
	ADDQ        $(NUMBER*WORDS), P
	ADDQ        $(4*WORDS), Q
	SUBQ        $WORDS, LEFT
	JNZ         columns

	STORE4((Y))
	ADDQ $16, Y
	LEAQ (W)(STRIDE*4), W
	SUBQ $4, ROWS
	JNZ  rows
	VZEROUPPER
	RET
