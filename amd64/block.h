// Registers that gemv.h, unpack.h, the classes and the formats agree on.
//
// A format defines, for a block of BLOCK bytes and COLUMNS weights, GROUP of them
// to a scale:
//
//	GEMV     adds the block at P times the activations at Q to F
//	UNPACK   writes the blocks at P0 to P3 to a panel
//
// in terms of a class, avx2.h or vnni.h, which names the vectors V0 to V15.

#define STRIDE DX // bytes between weight rows
#define STRIDE3 R8
#define LEFT AX // groups of 32 to go

// gemv.h: LANES rows at a time, a row in each lane of 16 bytes.
#define Y DI // results
#define W SI // the first of the rows
#define ROWS CX // rows to go
#define QROW R9 // activations,
#define SCALEROW R10 // their scales
#define SUMROW R11 // and sums
#define P R12 // the first row's block
#define Q R13 // activations of the block's columns,
#define SCALE R14 // their scales
#define SUM R15 // and sums
#define AHEAD BX // what is prefetched

// V0 to V3 hold values; V7, V9 and V12 to V15 are scratch.
#define X0 V4 // 16 activations
#define X1 V5 // and the next 16
#define I V6 // integer sums
#define F V8 // f32 results, a row's in all words of its lane
#define EVENS V10 // numbers 2i in lane i
#define BIASES V11 // bytes of the class's bias

// unpack.h: WORDS rows at a time, a word of each row in a vector.
#define QOUT DI // a panel's values,
#define SCALEOUT R12 // scales
#define MINOUT R13 // and minimums
#define P0 SI // blocks of rows 0,
#define P1 R9 // 4,
#define P2 R10 // 8
#define P3 R11 // and 12
#define STRIP BX // strips of WORDS rows to go
