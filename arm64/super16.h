// A group of 32 weights with two scales, and perhaps two minimums.
#include "superblock.h"

#define SCALES_BYTES 256

#ifdef MINIMUM
#define MINIMUMS(g) \
	LDPQ(U0+0, U0+1, SCRATCH, SCALES_BYTES+32*g) \
	LDRD_POST(XM, MP, 8) \
	FMLAL(F, U0+0, XM, 0) \
	FMLAL(F, U0+1, XM, 1)
#else
#define MINIMUMS(g)
#endif

// Each half is multiplied by its scale, both by the activations'.
#define GEMV_GROUP(g, ROW) \
	PRFM_L2(AHEAD, (4*BLOCK*g/8)&0xff8) \
	LDPQ_POST(X0, X1, QP, 32) \
	ROWS4(g, ROW) \
	LDPQ(S, M, SCRATCH, 32*g) \
	LDRS_POST(XS, SCP, 4) \
	PRODUCTS16 \
	SUM_ROWS(I0) \
	SUM_ROWS(T0) \
	FMUL(I0, I0, S) \
	FMLA(I0, T0, M) \
	FMLAL(F, I0, XS, 0) \
	MINIMUMS(g)
