// The AVX2 class: vectors of 256 bits.

#include "newclass.h"

#define V0 Y0
#define V1 Y1
#define V2 Y2
#define V3 Y3
#define V4 Y4
#define V5 Y5
#define V6 Y6
#define V7 Y7
#define V8 Y8
#define V9 Y9
#define V10 Y10
#define V11 Y11
#define V12 Y12
#define V13 Y13
#define V14 Y14
#define V15 Y15

#define AND VPAND
#define OR VPOR
#define XOR VPXOR

// A vector has LANES lanes of 16 bytes, or WORDS words of 4; a panel has STRIPS
// times WORDS rows.
#define LANES 2
#define WORDS 8
#define STRIPS 1

// Constants of formats: bytes; the bias of narrow values without minimums in
// panels, less a format's own.
#define CONSTANTS
#define BYTES15 ·bytes15(SB)
#define BYTES16 ·bytes16(SB)
#define BIASLESS8 ·bytes24(SB)
#define BIASLESS16 ·bytes16(SB)
#define BYTES3 ·bytes3(SB)
#define BYTES4 ·bytes4(SB)
#define BYTES48 ·bytes48(SB)
#define BYTES63 ·bytes63(SB)
#define BIASLESS4 ·bytes28(SB)
#define BITS8 ·bits8(SB)
#define FIFTHLOW ·fifthlow(SB)
#define FIFTHHIGH ·fifthhigh(SB)

// BIAS32 makes values that are stored plus 32 biased.
#define BIAS32(v)

// WIDE gives eight-bit values the class's form: as they are.
#define WIDE(v)

// LOADTABLE loads the values of IQ4_NL, eight-bit ones.
#define LOADTABLE VMOVDQU ·iq4nl(SB), TABLE

// FIFTHBITS adds 16 to values whose bit is set: index says which byte of q holds it,
// bit where. Changes V15.
#define FIFTHBITS(q, index, bit, values) \
	VPSHUFB  index, q, V15; \
	VPAND    bit, V15, V15; \
	VPCMPEQB bit, V15, V15; \
	VPAND    BYTES16, V15, V15; \
	VPOR     V15, values, values

// EVENLANES takes the even lanes of two vectors, ODDLANES the odd.
#define EVENLANES(a, b, to) VPERM2I128 $0x20, b, a, to
#define ODDLANES(a, b, to) VPERM2I128 $0x31, b, a, to

// SPREAD loads 2 floats, each to all of a lane. Changes V7.
#define SPREAD(off, p, to) \
	VBROADCASTSS (off)(p), to; \
	VBROADCASTSS (off+4)(p), V7; \
	VBLENDPS     $0xf0, V7, to, to

// GATHER widens f16 numbers of 2 blocks of the four rows, as D wants them.
// Changes V15.
#define GATHER(off, to) \
	GATHER2(off, X15); \
	VCVTPH2PS X15, to

// LOADLANES loads 16 bytes of 2 blocks, LOADHALF 32 bytes of 1.
#define LOADLANES(off, row, to) \
	VBROADCASTI128 (off)row, to; \
	VINSERTI128    $1, (off+BLOCK)row, to, to
#define LOADHALF(off, row, to) VMOVDQU (off)row, to

// STORESUMS stores the sums of the lanes of F. Changes V15.
#define STORESUMS(to) \
	VEXTRACTF128 $1, F, X15; \
	VADDPS       V15, F, F; \
	VMOVUPS      X8, to

// UNBIAS prepares C for DOT32, which leaves the sums of products of 32 values,
// whose bias is in bytes, with A0 and A1, four a lane. DOT32MIN is for values
// without a bias. All change V7.
//
// Four products of six bits fit 16: 4*63*127 = 32004.
#define UNBIAS(bytes) \
	VPBROADCASTD bytes, V7; \
	VPMADDUBSW   A0, V7, C; \
	VPMADDUBSW   A1, V7, V7; \
	VPADDW       V7, C, C
#define DOT32(u0, u1, to) \
	VPMADDUBSW A0, u0, to; \
	VPMADDUBSW A1, u1, V7; \
	VPADDW     V7, to, to; \
	VPSUBW     C, to, to; \
	VPMADDWD   ·words1(SB), to, to
#define DOT32MIN(u0, u1, to) \
	VPMADDUBSW A0, u0, to; \
	VPMADDUBSW A1, u1, V7; \
	VPADDW     V7, to, to; \
	VPMADDWD   ·words1(SB), to, to

// DOTWIDE does it for eight-bit values, sixteen a lane: only two products fit,
// 2*128*127 = 32512, and those only if values are unsigned. So the activations take
// the signs; they are never -128. Needs no C. Changes w.
#define UNBIASWIDE(x, c)
#define DOTWIDE(w, x, c, to) \
	VPSIGNB    w, x, to; \
	VPABSB     w, w; \
	VPMADDUBSW to, w, to; \
	VPMADDWD   ·words1(SB), to, to

// DOT32WIDE is for 32 eight-bit values, with A0 and A1. Changes V7, u0 and u1.
#define UNBIAS32WIDE
#define DOT32WIDE(u0, u1, to) \
	DOTWIDE(u0, A0, C, to); \
	DOTWIDE(u1, A1, C, V7); \
	VPADDD V7, to, to

// FOLD makes the sums in V8 to V11 fit 256 bits.
#define FOLD

// ALLLANES copies the first lane to all.
#define ALLLANES(from, to) VPERM2I128 $0, from, from, to

// UNITS and PASSES go through the values of a super-block, see k45.h and k16.h.
#define UNITS(UNIT) \
	UNIT(0, LOWER, ·order01(SB), VPSLLW, $4, VPSLLW, $3); \
	UNIT(1, LOWER, ·order23(SB), VPSLLW, $2, VPSLLW, $1); \
	UNIT(2, UPPER, ·order01(SB), VPSRLW, $0, VPSRLW, $1); \
	UNIT(3, UPPER, ·order23(SB), VPSRLW, $2, VPSRLW, $3)
#define PASSES(PASS) \
	PASS(0, FIRST4, ·order01(SB), 0, LOWNIBBLES, VPSLLW, $4, 0, $0, VPSLLW, $2); \
	PASS(1, FIRST4, ·order23(SB), 32, LOWNIBBLES, VPSLLW, $2, 0, $2, VPSLLW, $1); \
	PASS(2, SECOND4, ·order01(SB), 0, HIGHNIBBLES, VPSRLW, $0, 0, $4, VPSRLW, $0); \
	PASS(3, SECOND4, ·order23(SB), 32, HIGHNIBBLES, VPSRLW, $2, 0, $6, VPSRLW, $1); \
	PASS(4, THIRD4, ·order01(SB), 64, LOWNIBBLES, VPSLLW, $4, 32, $0, VPSRLW, $2); \
	PASS(5, THIRD4, ·order23(SB), 96, LOWNIBBLES, VPSLLW, $2, 32, $2, VPSRLW, $3); \
	PASS(6, FOURTH4, ·order01(SB), 64, HIGHNIBBLES, VPSRLW, $0, 32, $4, VPSRLW, $4); \
	PASS(7, FOURTH4, ·order23(SB), 96, HIGHNIBBLES, VPSRLW, $2, 32, $6, VPSRLW, $5)

// LOADUNITA loads the activations of a unit, those of its low nibbles to A0, of its
// high nibbles to A1.
#define LOADUNITA(u) \
	VMOVDQU (64*u)(Q), A0; \
	VMOVDQU (64*u+32)(Q), A1

// SPREADUNIT loads the floats of a unit's groups, SPREADPASS of a pass's.
#define SPREADUNIT(u, p, to) SPREAD(8*u, p, to)
#define SPREADPASS(n, p, to) VBROADCASTSS (4*n)(p), to

// LOADBITS and LOADBITS2 load 32 bytes, which hold one bit, or two, of each of these
// values.
#define LOADBITS(off, row, to) VMOVDQU (off)row, to
#define LOADBITS2(off, row, to) VMOVDQU (off)row, to

// DOTMIN leaves the sums of products of values without a bias with x, four a word;
// DOT16 of values whose bias UNBIAS16 took out with A0.
#define DOTMIN(u, x, to) \
	VPMADDUBSW x, u, to; \
	VPMADDWD   ·words1(SB), to, to
#define UNBIAS16(bytes) \
	VPBROADCASTD bytes, V7; \
	VPMADDUBSW   A0, V7, C
#define DOT16(u, to) \
	VPMADDUBSW A0, u, to; \
	VPSUBW     C, to, to; \
	VPMADDWD   ·words1(SB), to, to

// LOADQUADS loads 16 bytes of 8 rows, those of row 4*i+j to lane i of vector j.
#define LOADQUADS(off, a, b, c, d) \
	VBROADCASTI128 off(P0), a; \
	VBROADCASTI128 off(P0)(STRIDE*1), b; \
	VBROADCASTI128 off(P0)(STRIDE*2), c; \
	VBROADCASTI128 off(P0)(STRIDE3*1), d; \
	VINSERTI128    $1, off(P1), a, a; \
	VINSERTI128    $1, off(P1)(STRIDE*1), b, b; \
	VINSERTI128    $1, off(P1)(STRIDE*2), c, c; \
	VINSERTI128    $1, off(P1)(STRIDE3*1), d, d

// F16LOW widens the f16 number in the low half of each word, F16HIGH that in the
// high half. Both change V15.
#define F16LOW(from, to) \
	VPSLLD $16, from, V15; \
	F16HIGH(V15, to)
#define F16HIGH(from, to) \
	VPSRLD    $16, from, V15; \
	VPACKUSDW V15, V15, V15; \
	VPERMQ    $0x08, V15, V15; \
	VCVTPH2PS X15, to

// WIDENCOLUMN widens a column of a panel, 8 f16 numbers at P0.
#define WIDENCOLUMN \
	VCVTPH2PS (P0), V0; \
	VMOVUPS   V0, (QOUT)

// The end of a row of floats whose length is no multiple of WORDS: LOADEND reads and
// STOREEND writes the first n, which ENDOF has prepared, in Y9. ENDOF
// changes n and t. CLEAREND clears what is beyond them, KEEPEND takes it from other.
#define ENDOF(n, t) \
	LEAQ    ·tails+32(SB), t; \
	SHLQ    $2, n; \
	SUBQ    n, t; \
	VMOVDQU (t), Y9
#define LOADEND(from, to) VMASKMOVPS from, Y9, to
#define STOREEND(v, to) VMASKMOVPS v, Y9, to
#define CLEAREND(v) VANDPS Y9, v, v
#define KEEPEND(other, v) VBLENDVPS Y9, v, other, v

// ACROSS combines all floats of v by an operation, in every place. Changes t.
#define ACROSS(OPERATION, v, t) \
	VPERM2F128 $1, v, v, t; \
	OPERATION  t, v, v; \
	VPERMILPS  $0x4e, v, t; \
	OPERATION  t, v, v; \
	VPERMILPS  $0xb1, v, t; \
	OPERATION  t, v, v

// For exp.h: ROUND rounds to integers, SCALE2 multiplies v by 2^k, in two steps, so
// that results overflow to infinity and fade to zero as they should. Changes k and t.
#define ROUND(from, to) VROUNDPS $0, from, to
#define SCALE2(k, v, t) \
	VCVTPS2DQ k, k; \
	VPSRAD    $1, k, t; \
	VPSUBD    t, k, k; \
	VPSLLD    $23, t, t; \
	VPSLLD    $23, k, k; \
	VPADDD    ONE, t, t; \
	VPADDD    ONE, k, k; \
	VMULPS    t, v, v; \
	VMULPS    k, v, v
#define TAYLOR7 ·taylor7(SB)
#define TAYLOR6 ·taylor6(SB)
#define TAYLOR5 ·taylor5(SB)
#define TAYLOR4 ·taylor4(SB)
#define TAYLOR3 ·taylor3(SB)
#define TAYLOR2 ·taylor2(SB)
#define LOADTAYLOR
