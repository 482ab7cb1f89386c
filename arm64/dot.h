// The Dot class: how it multiplies, and how it lays out a half panel.
#ifdef CLASS
#undef CLASS
#undef CLASS_CONSTANTS
#undef PRODUCTS
#undef PRODUCTS_ROW
#undef SUM_ROWS
#undef STORE
#endif
#define CLASS dot

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

// SUM_ROWS leaves the four rows' sums as floats in I0.
#define SUM_ROWS \
	ADDP4S(I0+0, I0+0, I0+1) \
	ADDP4S(I0+2, I0+2, I0+3) \
	ADDP4S(I0+0, I0+0, I0+2) \
	FSUB(I0+0, I0+0, BIASV)

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
