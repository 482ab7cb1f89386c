// Steps that formats share, in terms of a class.

// NIBBLES splits bytes into low and high halves; lo may be raw.
#define NIBBLES(raw, lo, hi) \
	VPSRLW $4, raw, hi; \
	AND    BYTES15, raw, lo; \
	AND    BYTES15, hi, hi

// INDEXED makes bytes that are indexes, of four bits, the values of IQ4_NL.
#define INDEXED(raw, lo, hi) \
	NIBBLES(raw, lo, hi); \
	VPSHUFB lo, TABLE, lo; \
	VPSHUFB hi, TABLE, hi

// TRANSPOSE turns the lanes of a to d, so that a holds their first words, b the
// second.
#define TRANSPOSE(a, b, c, d, ab, ab2, cd, cd2) \
	VPUNPCKLDQ  b, a, ab; \
	VPUNPCKHDQ  b, a, ab2; \
	VPUNPCKLDQ  d, c, cd; \
	VPUNPCKHDQ  d, c, cd2; \
	VPUNPCKLQDQ cd, ab, a; \
	VPUNPCKHQDQ cd, ab, b; \
	VPUNPCKLQDQ cd2, ab2, c; \
	VPUNPCKHQDQ cd2, ab2, d

// In a Gemv, a group a lane:

// PREFETCH fetches the next n bytes of later rows, once again: a processor that has
// too much to fetch forgets some of it.
#define PREFETCH(n) \
	ADDQ $(n), AHEAD; \
fetch: \
	PREFETCHT0 4096(FETCH); \
	PREFETCHT0 (FETCH); \
	ADDQ $64, FETCH; \
	CMPQ FETCH, AHEAD; \
	JB   fetch

// FOURROWS does a step for each of the four rows.
#define FOURROWS(STEP) \
	STEP((P), I0); \
	STEP((P)(STRIDE*1), I1); \
	STEP((P)(STRIDE*2), I2); \
	STEP((P)(STRIDE3*1), I3)

// LOADA splits the activations of a lane's groups into halves.
#define LOADA \
	VMOVUPS (Q), V14; \
	VMOVUPS (16*LANES)(Q), V15; \
	EVENLANES(V14, V15, A0); \
	ODDLANES(V14, V15, A1)

// GATHER2 loads the f16 numbers at off of 2 blocks of the four rows.
#define GATHER2(off, to) \
	VMOVD   (off)(P), to; \
	VPINSRW $1, (off)(P)(STRIDE*1), to, to; \
	VPINSRW $2, (off)(P)(STRIDE*2), to, to; \
	VPINSRW $3, (off)(P)(STRIDE3*1), to, to; \
	VPINSRW $4, (off+BLOCK)(P), to, to; \
	VPINSRW $5, (off+BLOCK)(P)(STRIDE*1), to, to; \
	VPINSRW $6, (off+BLOCK)(P)(STRIDE*2), to, to; \
	VPINSRW $7, (off+BLOCK)(P)(STRIDE3*1), to, to

// SUM4 adds up the lanes of I0 to I3, to a word for each of them in I0. Changes
// V15.
#define SUM4 \
	VPUNPCKLDQ  I1, I0, V15; \
	VPUNPCKHDQ  I1, I0, I0; \
	VPADDD      V15, I0, I0; \
	VPUNPCKLDQ  I3, I2, V15; \
	VPUNPCKHDQ  I3, I2, I2; \
	VPADDD      V15, I2, I2; \
	VPUNPCKLQDQ I2, I0, V15; \
	VPUNPCKHQDQ I2, I0, I0; \
	VPADDD      V15, I0, I0

// ADDDOTS adds the sums, times the scales of weights, in D, and of activations, to
// the result; ADDMINS the minimums in D times the sums of activations. Both change
// V7 and V15.
#define ADDDOTS \
	SUM4; \
	VCVTDQ2PS   I0, I0; \
	SPREAD(0, SCALE, V15); \
	AND         MASK, V15, V15; \
	VMULPS      V15, D, D; \
	VFMADD231PS D, I0, F
#define ADDMINS \
	SPREAD(0, SUM, V15); \
	AND         MASK, V15, V15; \
	VFMADD231PS V15, D, F

// STORE4 stores the sums of all floats in V8 to V11 each. Changes these.
#define STORE4(to) \
	FOLD; \
	VHADDPS      Y9, Y8, Y8; \
	VHADDPS      Y11, Y10, Y10; \
	VHADDPS      Y10, Y8, Y8; \
	VEXTRACTF128 $1, Y8, X9; \
	VADDPS       X9, X8, X8; \
	VMOVUPS      X8, to

// In an unpacker, a row a word:

// RECORD is the bytes of a word of all rows of the panel, or of a scale.
#define RECORD (4*STRIPS*WORDS)

// PUT writes a word of values, PUTSCALE and PUTMIN a group's scales and minimums;
// words and groups count from the block's first.
#define PUT(v, word) VMOVUPS v, ((word)*RECORD)(QOUT)
#define PUTSCALE(v, group) VMOVUPS v, ((group)*RECORD)(SCALEOUT)
#define PUTMIN(v, group) VMOVUPS v, ((group)*RECORD)(MINOUT)

// LOADWORDS loads 16 bytes of each row and transposes them, so that V0 holds the
// rows' first words, V1 the second. Changes V4 to V7.
#define LOADWORDS(off) \
	LOADQUADS(off, V0, V1, V2, V3); \
	TRANSPOSE(V0, V1, V2, V3, V4, V5, V6, V7)

// LOADWORD loads the first words alone, into V0. Changes V1 to V3.
#define LOADWORD(off) \
	LOADQUADS(off, V0, V1, V2, V3); \
	VPUNPCKLDQ  V1, V0, V0; \
	VPUNPCKLDQ  V3, V2, V2; \
	VPUNPCKLQDQ V2, V0, V0

// PUTHALVES splits V0 to V3 by SPLIT into the four words from low on and the four
// from high on. Changes V4.
#define PUTHALVES(SPLIT, low, high) \
	SPLIT(V0, V0, V4); \
	PUT(V0, low+0); \
	PUT(V4, high+0); \
	SPLIT(V1, V1, V4); \
	PUT(V1, low+1); \
	PUT(V4, high+1); \
	SPLIT(V2, V2, V4); \
	PUT(V2, low+2); \
	PUT(V4, high+2); \
	SPLIT(V3, V3, V4); \
	PUT(V3, low+3); \
	PUT(V4, high+3)

// PUTF16 writes the scales of blocks that begin with them, PUTF16MIN those and
// the minimums that follow.
#define PUTF16 \
	LOADWORD(0); \
	F16LOW(V0, V1); \
	PUTSCALE(V1, 0)
#define PUTF16MIN \
	PUTF16; \
	F16HIGH(V0, V1); \
	PUTMIN(V1, 0)
