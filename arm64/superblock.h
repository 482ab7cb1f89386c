// What gemv_super.h and unpack_super.h make of a format whose blocks hold 256
// weights: first the scales (and minimums) of four rows' blocks, then their
// eight groups of 32 weights, written out one after the other.
//
// On top of block.h, such a format defines:
//	CONSTANTS        loads TABLE, if BLOCK_SCALES needs it
//	BLOCK_CONSTANTS  loads what its groups need into K0 to K4, for each block anew
//	BLOCK_SCALES     writes the f32 scales of the blocks at P0 to P3 to DS, as
//	                 [group][4 rows], and the minimums to DM; moves DS and DM
//	                 behind them
//	GROUPS(GROUP)    the eight groups, as GROUP(g, ROW): ROW(p, g, v, w, t, u)
//	                 leaves the values of group g of the block at p in v and w
//
// It includes super32.h or super16.h, as 32 or 16 weights share a scale.

#define DS 16 // where scales go
#define DM 17 // where minimums go

#define TABLE   20 // the constants of BLOCK_SCALES
#define SCRATCH 19 // of a Gemv: the scales, then the minimums, of a block of four rows
#define ROWS4(g, ROW) \
	ROW(P0, g, V0+0, V4+0, T0+0, U0+0) \
	ROW(P1, g, V0+1, V4+1, T0+1, U0+1) \
	ROW(P2, g, V0+2, V4+2, T0+2, U0+2) \
	ROW(P3, g, V0+3, V4+3, T0+3, U0+3)

#define NEXT_BLOCKS \
	ADD $BLOCK, R(P0) \
	ADD $BLOCK, R(P1) \
	ADD $BLOCK, R(P2) \
	ADD $BLOCK, R(P3)

#define UNPACK_GROUP(g, ROW) \
	ROWS4(g, ROW) \
	STORE

// Four rows of 16 numbers in V0, V4, I0 and T0 on: scales or minimums, stored as
// [16][4 rows].
#define STORE16(D) \
	ST4S_POST(V0, D) \
	ST4S_POST(V4, D) \
	ST4S_POST(I0, D) \
	ST4S_POST(T0, D)

// WIDEN16 turns 16 int8 in t into floats: the first and third four of them times
// lane l of d, into V0+r and I0+r, the others times lane m of e, into V4+r and
// T0+r. u is free.
#define WIDEN16(r, t, u, d, l, e, m) \
	SXTL8H(u, t) \
	SXTL2_8H(t, t) \
	SXTL4S(V0+r, u) \
	SXTL2_4S(V4+r, u) \
	SXTL4S(I0+r, t) \
	SXTL2_4S(T0+r, t) \
	SCVTF(V0+r, V0+r) \
	SCVTF(V4+r, V4+r) \
	SCVTF(I0+r, I0+r) \
	SCVTF(T0+r, T0+r) \
	FMULL(V0+r, V0+r, d, l) \
	FMULL(V4+r, V4+r, e, m) \
	FMULL(I0+r, I0+r, d, l) \
	FMULL(T0+r, T0+r, e, m)
