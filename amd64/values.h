// Steps that formats share, in terms of a class.

// NIBBLES splits bytes into low and high halves; lo may be raw.
#define NIBBLES(raw, lo, hi) \
	VPSRLW $4, raw, hi; \
	AND    ·bytes15(SB), raw, lo; \
	AND    ·bytes15(SB), hi, hi

// In a Gemv, a row a lane:

// FIRST and SECOND spread the first or the second of each row's two numbers in
// V15 over the row's lane. SECOND changes V15.
#define FIRST(to) VPERMPS V15, EVENS, to
#define SECOND(to) \
	VMOVSHDUP V15, V15; \
	VPERMPS   V15, EVENS, to

// LOADX loads the activations of a group of 32.
#define LOADX \
	LANE((Q), X0); \
	LANE(16(Q), X1)

// ADDDOT adds a group's sum, times the scales of rows and of activations, to the
// result; ADDMIN its minimums times the sum of activations. Both change V7.
#define ADDDOT(scale) \
	VPSHUFD      $0xb1, I, V7; \
	VPADDD       V7, I, I; \
	VPSHUFD      $0x4e, I, V7; \
	VPADDD       V7, I, I; \
	VCVTDQ2PS    I, I; \
	VBROADCASTSS (SCALE), V7; \
	VMULPS       V7, scale, V7; \
	VFMADD231PS  V7, I, F
#define ADDMIN(min) \
	VBROADCASTSS (SUM), V7; \
	VFMADD231PS  min, V7, F

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
	VPUNPCKLDQ  V1, V0, V4; \
	VPUNPCKHDQ  V1, V0, V5; \
	VPUNPCKLDQ  V3, V2, V6; \
	VPUNPCKHDQ  V3, V2, V7; \
	VPUNPCKLQDQ V6, V4, V0; \
	VPUNPCKHQDQ V6, V4, V1; \
	VPUNPCKLQDQ V7, V5, V2; \
	VPUNPCKHQDQ V7, V5, V3

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
