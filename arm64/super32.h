// A group of 32 weights with one scale, and perhaps a minimum.
#include "superblock.h"

#define SCALES_BYTES 128

#ifdef MINIMUM
#define MINIMUMS(g) \
	LDRQ(M, SCRATCH, SCALES_BYTES+16*g) \
	LDRS_POST(XM, MP, 4) \
	FMLAL(F, M, XM, 0)
#else
#define MINIMUMS(g)
#endif

#define GEMV_GROUP(g, ROW) \
	PRFM_L2(AHEAD, (4*BLOCK*g/8)&0xff8) \
	LDPQ_POST(X0, X1, QP, 32) \
	ROWS4(g, ROW) \
	LDRQ(S, SCRATCH, 16*g) \
	LDRS_POST(XS, SCP, 4) \
	PRODUCTS \
	FMULL(S, S, XS, 0) \
	SUM_ROWS(I0) \
	FMLA(F, I0, S) \
	MINIMUMS(g)
