// Scores of n rows, four at a time. A turn takes 2*WORDS columns.
	MOVQ s+0(FP), S
	MOVQ q+8(FP), Q
	MOVQ k+16(FP), K0
	MOVQ stride+24(FP), STRIDE
	MOVQ n+32(FP), N
	MOVQ dim+40(FP), DIM
	SUBQ $4, N
	JB   last

rows:
	LEAQ (K0)(STRIDE*1), K1
	LEAQ (K0)(STRIDE*2), K2
	LEAQ (K1)(STRIDE*2), K3
	XORQ AT, AT
	XOR  V4, V4, V4
	XOR  V5, V5, V5
	XOR  V6, V6, V6
	XOR  V7, V7, V7
	XOR  V8, V8, V8
	XOR  V9, V9, V9
	XOR  V10, V10, V10
	XOR  V11, V11, V11

columns:
	PRODUCTS(0, K0, V8)
	PRODUCTS(0, K1, V9)
	PRODUCTS(0, K2, V10)
	PRODUCTS(0, K3, V11)
	PRODUCTS(WORDS, K0, V4)
	PRODUCTS(WORDS, K1, V5)
	PRODUCTS(WORDS, K2, V6)
	PRODUCTS(WORDS, K3, V7)
	ADDQ $(2*WORDS), AT
	CMPQ AT, DIM
	JNE  columns

	VADDPS       V4, V8, V8
	VADDPS       V5, V9, V9
	VADDPS       V6, V10, V10
	VADDPS       V7, V11, V11
	FOLD
	VHADDPS      Y9, Y8, Y8
	VHADDPS      Y11, Y10, Y10
	VHADDPS      Y10, Y8, Y8
	VEXTRACTF128 $1, Y8, X9
	VADDPS       X9, X8, X8
	VMOVUPS      X8, (S)
	ADDQ         $16, S
	LEAQ         (K2)(STRIDE*2), K0
	SUBQ         $4, N
	JAE          rows

last:
	ADDQ $4, N
	JZ   done

row:
	XORQ AT, AT
	XOR  V4, V4, V4
	XOR  V8, V8, V8

column:
	PRODUCTS(0, K0, V8)
	PRODUCTS(WORDS, K0, V4)
	ADDQ $(2*WORDS), AT
	CMPQ AT, DIM
	JNE  column

	VADDPS V4, V8, V8
	ACROSS(VADDPS, V8, V4)
	VMOVSS X8, (S)
	ADDQ   $4, S
	ADDQ   STRIDE, K0
	DECQ   N
	JNZ    row

done:
	VZEROUPPER
	RET
