// The exponential function of a vector of floats.
//
// e^x = 2^k e^r with k = round(x / ln 2), so |r| <= ln(2)/2, and e^r by its Taylor
// series up to r^7/7!, which leaves less than 6e-9.

#define LOWEST V10 // below this, e^x is 0
#define HIGHEST V11 // above this, infinity
#define LOG2E V12
#define LN2HIGH V13 // ln 2 with zeros at its end, so that k times it is exact
#define LN2LOW V14 // and the rest
#define ONE V15

#define EXPCONSTANTS \
	LOADTAYLOR; \
	VBROADCASTSS ·lowest(SB), LOWEST; \
	VBROADCASTSS ·highest(SB), HIGHEST; \
	VBROADCASTSS ·log2e(SB), LOG2E; \
	VBROADCASTSS ·ln2high(SB), LN2HIGH; \
	VBROADCASTSS ·ln2low(SB), LN2LOW; \
	VBROADCASTSS ·one(SB), ONE

// EXP turns x into e^x, in p; k and t are free. NaN stays NaN: of two numbers that
// are compared, the one written first is taken if either is NaN.
#define EXP(x, p, k, t) \
	VMAXPS       x, LOWEST, x; \
	VMINPS       x, HIGHEST, x; \
	VMULPS       x, LOG2E, k; \
	ROUND(k, k); \
	VFNMADD231PS LN2HIGH, k, x; \
	VFNMADD231PS LN2LOW, k, x; \
	VMOVAPS      TAYLOR7, p; \
	VFMADD213PS  TAYLOR6, x, p; \
	VFMADD213PS  TAYLOR5, x, p; \
	VFMADD213PS  TAYLOR4, x, p; \
	VFMADD213PS  TAYLOR3, x, p; \
	VFMADD213PS  TAYLOR2, x, p; \
	VFMADD213PS  ONE, x, p; \
	VFMADD213PS  ONE, x, p; \
	SCALE2(k, p, t)
