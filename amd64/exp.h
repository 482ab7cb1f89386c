// The exponential function of eight numbers.
//
// e^x = 2^k e^r with k = round(x / ln 2), so |r| <= ln(2)/2, and e^r by its Taylor
// series up to r^7/7!, which leaves less than 6e-9. 2^k is multiplied in two
// steps, so that results overflow to infinity and fade to zero as they should.

// Constants, loaded by EXPCONSTANTS; the others are read from memory.
#define LOWEST Y10 // below this, e^x is 0
#define HIGHEST Y11 // above this, infinity
#define LOG2E Y12
#define LN2HIGH Y13 // ln 2 with zeros at its end, so that k times it is exact
#define LN2LOW Y14 // and the rest
#define ONE Y15

#define EXPCONSTANTS \
	VBROADCASTSS ·lowest(SB), LOWEST; \
	VBROADCASTSS ·highest(SB), HIGHEST; \
	VBROADCASTSS ·log2e(SB), LOG2E; \
	VBROADCASTSS ·ln2high(SB), LN2HIGH; \
	VBROADCASTSS ·ln2low(SB), LN2LOW; \
	VBROADCASTSS ·one(SB), ONE

// EXP replaces x by e^x; p, k and h are free. NaN stays NaN: of two numbers that
// are compared, the last, written first, is taken if either is NaN.
#define EXP(x, p, k, h) \
	VMAXPS       x, LOWEST, x; \
	VMINPS       x, HIGHEST, x; \
	VMULPS       x, LOG2E, k; \
	VCVTPS2DQ    k, k; \
	VCVTDQ2PS    k, h; \
	VFNMADD231PS LN2HIGH, h, x; \
	VFNMADD231PS LN2LOW, h, x; \
	VMOVUPS      ·taylor7(SB), p; \
	VFMADD213PS  ·taylor6(SB), x, p; \
	VFMADD213PS  ·taylor5(SB), x, p; \
	VFMADD213PS  ·taylor4(SB), x, p; \
	VFMADD213PS  ·taylor3(SB), x, p; \
	VFMADD213PS  ·taylor2(SB), x, p; \
	VFMADD213PS  ONE, x, p; \
	VFMADD213PS  ONE, x, p; \
	VPSRAD       $1, k, h; \
	VPSUBD       h, k, k; \
	VPSLLD       $23, h, h; \
	VPSLLD       $23, k, k; \
	VPADDD       ONE, h, h; \
	VPADDD       ONE, k, k; \
	VMULPS       h, p, p; \
	VMULPS       k, p, x
