// The Dot class: how it multiplies, and how it lays out a half panel.

// A sum over four lanes that start at the bits of 12582912 and at zeros becomes
// a float by subtracting 12582912; see gemm_dot_arm64.s.
#define CLASS_CONSTANTS \
	MOVD $dotBias<>(SB), R(BIAS) \
	LDRQ(BIASV, BIAS, 32)

#define PRODUCTS \
	LDPQ(I0+0, I0+1, BIAS, 0) \
	LDPQ(I0+2, I0+3, BIAS, 0) \
	PRODUCTS_ROW(0) \
	PRODUCTS_ROW(1) \
	PRODUCTS_ROW(2) \
	PRODUCTS_ROW(3)
#define PRODUCTS_ROW(r) \
	SDOT(I0+r, V0+r, X0) \
	SDOT(I0+r, V4+r, X1)

// PRODUCTS16 keeps the first 16 columns' sums in I0, the others' in T0.
#define PRODUCTS16 \
	LDPQ(I0+0, I0+1, BIAS, 0) \
	LDPQ(I0+2, I0+3, BIAS, 0) \
	LDPQ(T0+0, T0+1, BIAS, 0) \
	LDPQ(T0+2, T0+3, BIAS, 0) \
	SDOT(I0+0, V0+0, X0) \
	SDOT(I0+1, V0+1, X0) \
	SDOT(I0+2, V0+2, X0) \
	SDOT(I0+3, V0+3, X0) \
	SDOT(T0+0, V4+0, X1) \
	SDOT(T0+1, V4+1, X1) \
	SDOT(T0+2, V4+2, X1) \
	SDOT(T0+3, V4+3, X1)

// SUM_ROWS adds the lanes of four rows' sums and leaves them as floats in I.
#define SUM_ROWS(I) \
	ADDP4S(I+0, I+0, I+1) \
	ADDP4S(I+2, I+2, I+3) \
	ADDP4S(I+0, I+0, I+2) \
	FSUB(I+0, I+0, BIASV)

// STORE writes V0 to V7 as [8 words][4 rows][4].
#define STORE \
	ST4S_POST(V0, QP) \
	ST4S_POST(V4, QP)

DATA dotBias<>+0(SB)/8, $0x000000004b400000
DATA dotBias<>+8(SB)/8, $0
DATA dotBias<>+16(SB)/8, $0x000000004b400000
DATA dotBias<>+24(SB)/8, $0
DATA dotBias<>+32(SB)/8, $0x4b4000004b400000
DATA dotBias<>+40(SB)/8, $0x4b4000004b400000
GLOBL dotBias<>(SB), RODATA|NOPTR, $48
