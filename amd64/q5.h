// What Q5_0 and Q5_1 have in common: their fifth bits lie in a word of their own,
// the i-th bit that of weight i.

// FIVEBITS loads 32 values of the blocks of a row, whose fifth bits are at off.
#define FIVEBITS(off, row) \
	LOADLANES(off, row, V2); \
	LOADLANES(off+4, row, V0); \
	NIBBLES(V0, V0, V1); \
	FIFTHBITS(V2, FIFTHLOW, BITS8, V0); \
	FIFTHBITS(V2, FIFTHHIGH, BITS8, V1)

// PUTFIVEBITS writes the values of blocks to a panel, after a STEP on each word.
#define PUTFIVEBITS(off, STEP) \
	LOADWORD(off); \
	VMOVAPS V0, V8; \
	LOADWORDS(off+4); \
	PUTFIVE(V0, 0, ·bits4low(SB), ·fifth0(SB), ·fifth2(SB), STEP); \
	PUTFIVE(V1, 1, ·bits4high(SB), ·fifth0(SB), ·fifth2(SB), STEP); \
	PUTFIVE(V2, 2, ·bits4low(SB), ·fifth1(SB), ·fifth3(SB), STEP); \
	PUTFIVE(V3, 3, ·bits4high(SB), ·fifth1(SB), ·fifth3(SB), STEP)
#define PUTFIVE(v, word, bits, low, high, STEP) \
	NIBBLES(v, v, V4); \
	FIFTHBITS(V8, low, bits, v); \
	FIFTHBITS(V8, high, bits, V4); \
	STEP(v); \
	STEP(V4); \
	PUT(v, word); \
	PUT(V4, word+4)
