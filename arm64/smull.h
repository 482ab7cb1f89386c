// The Neon class: how it multiplies, and how it lays out a half panel.
#ifdef CLASS
#undef CLASS
#undef CLASS_CONSTANTS
#undef PRODUCTS
#undef SUM_ROWS
#undef STORE
#endif
#define CLASS neon

#define CLASS_CONSTANTS

// Two products fit 16 bits, because no activation is -128. The A53 executes in
// order: rows take turns, so that no instruction waits for the one before it.
#define PRODUCTS \
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
	SADDLP4S(I0+3, T0+3) \
	SADALP4S(I0+0, U0+0) \
	SADALP4S(I0+1, U0+1) \
	SADALP4S(I0+2, U0+2) \
	SADALP4S(I0+3, U0+3)

// SUM_ROWS leaves the four rows' sums as floats in I0.
#define SUM_ROWS \
	ADDP4S(I0+0, I0+0, I0+1) \
	ADDP4S(I0+2, I0+2, I0+3) \
	ADDP4S(I0+0, I0+0, I0+2) \
	SCVTF(I0+0, I0+0)

// STORE writes V0 to V7 as [4 rows][32].
#define STORE \
	STPQ_POST(V0+0, V4+0, QP, 32) \
	STPQ_POST(V0+1, V4+1, QP, 32) \
	STPQ_POST(V0+2, V4+2, QP, 32) \
	STPQ_POST(V0+3, V4+3, QP, 32)
