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
