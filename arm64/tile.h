// What the GEMMs share: the results of a tile, 8 rows of 4 tokens in
// F0+half*4+token, and the way to the next tile.
//
// Needs Y and LDY in bytes, free registers Y1 to Y3 and vectors T0 to T0+7, and
// in ADDED whether y is added to.

#define CLEAR_TILE \
	MOVI16B(F0+0, 0) \
	MOVI16B(F0+1, 0) \
	MOVI16B(F0+2, 0) \
	MOVI16B(F0+3, 0) \
	MOVI16B(F0+4, 0) \
	MOVI16B(F0+5, 0) \
	MOVI16B(F0+6, 0) \
	MOVI16B(F0+7, 0)

#define TOKEN_ROWS \
	ADD R(LDY), R(Y), R(Y1) \
	ADD R(LDY), R(Y1), R(Y2) \
	ADD R(LDY), R(Y2), R(Y3)

#define ADD_TILE \
	LDPQ(T0+0, T0+4, Y, 0) \
	LDPQ(T0+1, T0+5, Y1, 0) \
	LDPQ(T0+2, T0+6, Y2, 0) \
	LDPQ(T0+3, T0+7, Y3, 0) \
	FADD(F0+0, F0+0, T0+0) \
	FADD(F0+4, F0+4, T0+4) \
	FADD(F0+1, F0+1, T0+1) \
	FADD(F0+5, F0+5, T0+5) \
	FADD(F0+2, F0+2, T0+2) \
	FADD(F0+6, F0+6, T0+6) \
	FADD(F0+3, F0+3, T0+3) \
	FADD(F0+7, F0+7, T0+7)

#define STORE_TILE \
	STPQ(F0+0, F0+4, Y, 0) \
	STPQ(F0+1, F0+5, Y1, 0) \
	STPQ(F0+2, F0+6, Y2, 0) \
	STPQ(F0+3, F0+7, Y3, 0)

// RESULT sets or adds to y, and moves Y to the next tile.
#define RESULT \
	TOKEN_ROWS \
	CBZ R(ADDED), set \
	ADD_TILE \
set: \
	STORE_TILE \
	ADD R(LDY), R(Y3), R(Y)

// NEXT_TILE moves the pointers to an int8 tile, its scales and sums.
#define NEXT_TILE \
	MOVD aStep+80(FP), R(TMP) \
	ADD R(TMP), R(A) \
	MOVD scaleStep+88(FP), R(TMP) \
	ADD R(TMP)<<2, R(AS) \
	MOVD sumStep+96(FP), R(TMP) \
	ADD R(TMP)<<2, R(AM)
