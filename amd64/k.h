// What the formats with super-blocks of 256 weights have in common.

#define SUPERBLOCK
#define COLUMNS 256

// In a Gemv, the heads of four blocks, one of each row:

// LOADHEADS loads 16 bytes of each and transposes them: X0 holds the first words of
// the rows, X1 the second. Changes X4, X5, X7 and X15.
#define LOADHEADS(off) \
	VMOVDQU (off)(P), X0; \
	VMOVDQU (off)(P)(STRIDE*1), X1; \
	VMOVDQU (off)(P)(STRIDE*2), X2; \
	VMOVDQU (off)(P)(STRIDE3*1), X3; \
	TRANSPOSE(X0, X1, X2, X3, X4, X5, X7, X15)

// WIDENHEADS widens the first and the second of two f16 numbers in words, row by
// row in each lane of firsts and of seconds. Changes V7 and V15.
#define WIDENHEADS(words, firsts, seconds) \
	VCVTPH2PS    words, Y15; \
	VEXTRACTF128 $1, Y15, X7; \
	VSHUFPS      $0xdd, X7, X15, X4; \
	VSHUFPS      $0x88, X7, X15, X15; \
	ALLLANES(V15, firsts); \
	ALLLANES(V4, seconds)

// NUMBERS makes the bytes in X15 floats, in an order that goes with the lanes of
// sums; EXTEND is VPMOVZXBD, or VPMOVSXBD if they are signed.
#define NUMBERS(order, EXTEND) \
	VPSHUFB   order, X15, X15; \
	EXTEND    X15, V15; \
	VCVTDQ2PS V15, V15

// ADDSUMS adds the sums times the scales of weights, in D, to the result.
#define ADDSUMS \
	SUM4; \
	VCVTDQ2PS   I0, I0; \
	VFMADD231PS D, I0, F

// In an unpacker:

// KEEPWORDS loads words into V8 to V11. Changes V0 to V7.
#define KEEPWORDS(off) \
	LOADWORDS(off); \
	VMOVAPS V0, V8; \
	VMOVAPS V1, V9; \
	VMOVAPS V2, V10; \
	VMOVAPS V3, V11

// PUTNUMBERS makes the four bytes in each word of v floats, by SHIFT signed or not,
// times a factor, and calls PUT for each: PUTSCALE or PUTMIN from a group on.
// Changes V7.
#define PUTNUMBERS(v, SHIFT, factor, PUT, group) \
	NUMBER(v, $24, SHIFT, factor); \
	PUT(V7, group); \
	NUMBER(v, $16, SHIFT, factor); \
	PUT(V7, group+1); \
	NUMBER(v, $8, SHIFT, factor); \
	PUT(V7, group+2); \
	NUMBER(v, $0, SHIFT, factor); \
	PUT(V7, group+3)
#define NUMBER(v, left, SHIFT, factor) \
	VPSLLD    left, v, V7; \
	SHIFT     $24, V7, V7; \
	VCVTDQ2PS V7, V7; \
	VMULPS    factor, V7, V7
