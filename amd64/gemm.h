// Registers and steps that the matrix multiplications of both classes share. A
// class says how wide they are: RECORD bytes hold a word of all rows of a panel,
// a tile has TOKENS rows of activations, and for each of those EACH(DO, at) calls
// DO with its vectors of sums and of results:
//
//	LOAD, STORE    the results from and to y
//	CLEAR          the results zero
//	START, ZERO    sums begin at minus the biases of the weights; at zero
//
// HALF(k) adds the products of words k to k+3, SCALED(w) scales the sums by the
// weights' scales at w and adds them to the results, MINIMUMS(w, a) adds the
// minimums at w times the sums of activations at a.

#define Y DI // results of the tile's first row
#define LDY R8 // bytes to the next row's
#define YROW AX // results of a row to begin with
#define AHEAD DX // weights to fetch
#define W SI // the panel's values,
#define WSCALE R9 // scales
#define WMIN R10 // and minimums
#define A BX // the tile's values,
#define SCALE R14 // scales
#define SUM R15 // and sums, or starts of sums
#define GA R11 // the same of this group
#define GSCALE R12
#define GSUM R13
#define LEFT AX // groups, or columns, to go
#define TILES CX // tiles to go

// The four kinds of group: by one scale or two, without and with minimums.
#define BY32 \
	EACH(START, 0); \
	HALF(0); \
	HALF(4); \
	SCALED(0)
#define BY32MIN \
	EACH(ZERO, 0); \
	HALF(0); \
	HALF(4); \
	SCALED(0); \
	MINIMUMS(0, 0)
#define BY16 \
	EACH(START, 0); \
	HALF(0); \
	SCALED(0); \
	EACH(START, 4*TOKENS); \
	HALF(4); \
	SCALED(RECORD)
#define BY16MIN \
	EACH(ZERO, 0); \
	HALF(0); \
	SCALED(0); \
	MINIMUMS(0, 0); \
	EACH(ZERO, 0); \
	HALF(4); \
	SCALED(RECORD); \
	MINIMUMS(RECORD, 4*TOKENS)
