// Mix of 32 columns of all rows after another, TURN rows at a time, which have sums
// of their own.
	MOVQ o+0(FP), O
	MOVQ p+8(FP), P
	MOVQ v+16(FP), COLUMNS
	MOVQ stride+24(FP), STRIDE
	MOVQ dim+40(FP), DIM

columns:
	LOAD32
	XOR  V4, V4, V4
	XOR  V5, V5, V5
	XOR  V6, V6, V6
	XOR  V7, V7, V7
	MOVQ P, PAT
	MOVQ COLUMNS, V
	MOVQ n+32(FP), LEFT
	SUBQ $TURN, LEFT
	JB   last

turn:
	ROWS
	SUBQ $TURN, LEFT
	JAE  turn

last:
	ADDQ $TURN, LEFT
	JZ   store

row:
	ROW32
	DECQ LEFT
	JNZ  row

store:
	STORE32
	ADDQ $128, O
	ADDQ $64, COLUMNS
	SUBQ $32, DIM
	JNZ  columns
	VZEROUPPER
	RET
