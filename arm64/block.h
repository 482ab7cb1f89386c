// Registers that gemv.h, unpack.h, the classes and the formats agree on.
//
// A format defines:
//	BLOCK         bytes of its block of 32 weights
//	CONSTANTS     loads what LOAD and SCALES need into K0 to K4
//	FIRST(p)      reads the scales of the block at p into lane 0 of S and adds
//	              BLOCK to p; it is to write all of S, so that no turn waits for
//	              the one before
//	NEXT(p, r)    the same into lane r; STEP holds BLOCK
//	LOAD(p, v, w, t)
//	              reads the rest of the block before p
//	DECODE(v, w, t)
//	              leaves the 32 values in v and w; t is free
//	SCALES        turns the raw scales of four rows in S into f32 in S, and the
//	              minimums into M
//	MINIMUM       defined where there are minimums

// General registers.
#define Y      0
#define WP     1  // the first of four weight rows
#define STRIDE 2
#define ROWS   3  // rows to go, or halves of a panel
#define QP     4  // activations, or a panel's values
#define SCP     5  // their scales
#define MP     6  // their sums, or the panel's minimums
#define N      7  // groups to go
#define P0     8  // the four weight rows
#define P1     9
#define P2     10
#define P3     11
#define STEP   12 // bytes of a block
#define BIAS   13 // dot.h's
#define AHEAD  14 // what is prefetched
#define TMP    15

// Vectors. Row r has its first 16 values in V0+r, the others in V4+r.
#define V0     0  // 0 to 3
#define V4     4  // 4 to 7
#define S      8  // scales of the four rows
#define M      9  // minimums
#define I0     10 // int32 sums of the four rows, 10 to 13
#define T0     14 // 14 to 17: row r's own
#define U0     18 // 18 to 21: row r's own
#define X0     22 // 32 activations
#define X1     23
#define F      24 // f32 sums of four rows
#define XS     25 // scale of the activations
#define XM     25 // then their sum
#define K0     26 // the format's constants, 26 to 30
#define K1     27
#define K2     28
#define K3     29
#define K4     30
#define BIASV  31 // dot.h's

// ROW_POINTERS sets P0 to P3 to four rows and WP to the next four.
#define ROW_POINTERS \
	MOVD R(WP), R(P0) \
	ADD R(STRIDE), R(P0), R(P1) \
	ADD R(STRIDE), R(P1), R(P2) \
	ADD R(STRIDE), R(P2), R(P3) \
	ADD R(STRIDE), R(P3), R(WP)

// ARGUMENTS loads those of a Gemv, BEGIN_ROWS those that each four rows begin with.
#define ARGUMENTS \
	MOVD y+0(FP), R(Y) \
	MOVD w+8(FP), R(WP) \
	MOVD stride+16(FP), R(STRIDE) \
	MOVD rows+24(FP), R(ROWS)
#define BEGIN_ROWS \
	MOVD groups+32(FP), R(N) \
	MOVD q+40(FP), R(QP) \
	MOVD scale+48(FP), R(SCP) \
	MOVD sum+56(FP), R(MP) \
	ROW_POINTERS \
	MOVD R(WP), R(AHEAD) \
	MOVI16B(F, 0)

// FOUR_BLOCKS reads a block of each row. All scales come first: they go to the
// lanes of one register and so wait for each other.
#define FOUR_BLOCKS \
	FIRST(P0) \
	NEXT(P1, 1) \
	NEXT(P2, 2) \
	NEXT(P3, 3) \
	LOAD(P0, V0+0, V4+0, T0+0) \
	LOAD(P1, V0+1, V4+1, T0+1) \
	LOAD(P2, V0+2, V4+2, T0+2) \
	LOAD(P3, V0+3, V4+3, T0+3) \
	DECODE(V0+0, V4+0, T0+0) \
	DECODE(V0+1, V4+1, T0+1) \
	DECODE(V0+2, V4+2, T0+2) \
	DECODE(V0+3, V4+3, T0+3)
