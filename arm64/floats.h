// Registers of gemvf.h and unpackf.h, and what a float format defines:
//	WIDTH        bytes of a weight
//	EIGHT(p, v, w)
//	             reads eight weights at p into v and w, as f32; adds 8*WIDTH to p
//	ONE(p, v)    reads one into lane 0 of v; adds WIDTH to p
//	CONSTANTS    loads what these need into ZERO

#define Y      0 // results, or the panel
#define WP     1 // the first of four weight rows
#define STRIDE 2
#define ROWS   3 // rows to go, or halves of a panel
#define XP     4
#define N      5 // columns to go
#define P0     6 // the four rows
#define P1     7
#define P2     8
#define P3     9

#define V0     0  // four weights of each row, 0 to 3
#define V4     4  // and the next four, 4 to 7
#define A0     8  // sums of the rows, 8 to 11
#define B0     12 // and of their other halves, 12 to 15
#define X0     16 // eight activations
#define X1     17
#define ZERO   18

// ROW_POINTERS sets P0 to P3 to four rows and WP to the next four.
#define ROW_POINTERS \
	MOVD R(WP), R(P0) \
	ADD R(STRIDE), R(P0), R(P1) \
	ADD R(STRIDE), R(P1), R(P2) \
	ADD R(STRIDE), R(P2), R(P3) \
	ADD R(STRIDE), R(P3), R(WP)

#define EIGHT_ROWS \
	EIGHT(P0, V0+0, V4+0) \
	EIGHT(P1, V0+1, V4+1) \
	EIGHT(P2, V0+2, V4+2) \
	EIGHT(P3, V0+3, V4+3)
