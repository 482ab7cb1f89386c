// The Neon class: how it multiplies, and how it lays out a half panel. Included
// after dot.h, whose place it takes.
#undef CLASS_CONSTANTS
#undef PRODUCTS
#undef PRODUCTS16
#undef SUM_ROWS
#undef STORE

#define CLASS_CONSTANTS

// Two products fit 16 bits, because no activation is -128. The A53 executes in
// order: rows take turns, so that no instruction waits for the one before it.
#define MULTIPLY \
	SMULL(T0+0, V0+0, X0) \
	SMULL(T0+1, V0+1, X0) \
	SMULL(T0+2, V0+2, X0) \
	SMULL(T0+3, V0+3, X0) \
	SMULL(U0+0, V4+0, X1) \
	SMULL(U0+1, V4+1, X1) \
	SMULL(U0+2, V4+2, X1) \
	SMULL(U0+3, V4+3, X1) \
	SMLAL2(T0+0, V0+0, X0) \
	SMLAL2(T0+1, V0+1, X0) \
	SMLAL2(T0+2, V0+2, X0) \
	SMLAL2(T0+3, V0+3, X0) \
	SMLAL2(U0+0, V4+0, X1) \
	SMLAL2(U0+1, V4+1, X1) \
	SMLAL2(U0+2, V4+2, X1) \
	SMLAL2(U0+3, V4+3, X1) \
	SADDLP4S(I0+0, T0+0) \
	SADDLP4S(I0+1, T0+1) \
	SADDLP4S(I0+2, T0+2) \
	SADDLP4S(I0+3, T0+3)

#define PRODUCTS \
	MULTIPLY \
	SADALP4S(I0+0, U0+0) \
	SADALP4S(I0+1, U0+1) \
	SADALP4S(I0+2, U0+2) \
	SADALP4S(I0+3, U0+3)

// PRODUCTS16 keeps the first 16 columns' sums in I0, the others' in T0.
#define PRODUCTS16 \
	MULTIPLY \
	SADDLP4S(T0+0, U0+0) \
	SADDLP4S(T0+1, U0+1) \
	SADDLP4S(T0+2, U0+2) \
	SADDLP4S(T0+3, U0+3)

// SUM_ROWS adds the lanes of four rows' sums and leaves them as floats in I.
#define SUM_ROWS(I) \
	ADDP4S(I+0, I+0, I+1) \
	ADDP4S(I+2, I+2, I+3) \
	ADDP4S(I+0, I+0, I+2) \
	SCVTF(I+0, I+0)

// STORE writes V0 to V7 as [4 rows][32].
#define STORE \
	STPQ_POST(V0+0, V4+0, QP, 32) \
	STPQ_POST(V0+1, V4+1, QP, 32) \
	STPQ_POST(V0+2, V4+2, QP, 32) \
	STPQ_POST(V0+3, V4+3, QP, 32)
