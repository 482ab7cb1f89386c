// Registers that gemv.h, unpack.h, the classes and the formats agree on.
//
// A format defines, for a block of BLOCK bytes and COLUMNS weights, GROUP of them
// to a scale:
//
//	GEMV     adds to F the blocks of four rows from P on, LANES of each or one
//	         super-block, times the activations at Q
//	UNPACK   writes a block of each row, from P0 to P3 on, to a panel
//
// in terms of a class, avx2.h or vnni.h, which names the vectors V0 to V15.

#define STRIDE DX // bytes between weight rows
#define STRIDE3 R8
#define LEFT AX // groups of 32 to go

// gemv.h: 4 rows at a time, of each a vector with LANES groups, one a lane.
#define Y DI // results
#define W SI // the first of the rows
#define ROWS CX // rows to go
#define P R12 // the first row's block
#define Q R13 // activations of the block's columns,
#define SCALE R14 // their scales
#define SUM R15 // and sums
#define FETCH R10 // what is prefetched,
#define AHEAD BX // and how far

// V0 to V2 hold values; V7, V14 and V15 are scratch.
#define C V3 // what sums start at, to end without a bias
#define A0 V4 // the groups' first 16 activations
#define A1 V5 // and second 16
#define MASK V6 // which groups count
#define F V8 // f32 results: row i's is the sum of word i of all lanes
#define I0 V9 // integer sums of the four rows: a group's is the sum of its lane
#define I1 V10
#define I2 V11
#define I3 V12
#define D V13 // scales: row i's in word i of its group's lane

// unpack.h: WORDS rows at a time, a word of each row in a vector.
#define QOUT DI // a panel's values,
#define SCALEOUT R12 // scales
#define MINOUT R13 // and minimums
#define P0 SI // blocks of rows 0,
#define P1 R9 // 4,
#define P2 R10 // 8
#define P3 R11 // and 12
#define W0 CX // the strip's first row
#define STRIP BX // the strip of WORDS rows: where its first words lie in a record

#define TABLE V14 // the values of IQ4_NL
