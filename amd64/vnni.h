// The VNNI class: vectors of 512 bits, and VPDPBUSD.

#include "newclass.h"

#define V0 Z0
#define V1 Z1
#define V2 Z2
#define V3 Z3
#define V4 Z4
#define V5 Z5
#define V6 Z6
#define V7 Z7
#define V8 Z8
#define V9 Z9
#define V10 Z10
#define V11 Z11
#define V12 Z12
#define V13 Z13
#define V14 Z14
#define V15 Z15

#define AND VPANDD
#define OR VPORD
#define XOR VPXORD

// A vector has LANES lanes of 16 bytes, or WORDS words of 4; a panel has STRIPS
// times WORDS rows.
#define LANES 4
#define WORDS 16
#define STRIPS 2

// Constants of formats, in registers, since as operands in memory they would
// straddle cache lines: bytes; the bias of values without minimums in panels, less
// a format's own; 0 to 3, each in all words of a lane.
#define CONSTANTS \
	VPBROADCASTD ·bytes15(SB), BYTES15; \
	VPBROADCASTD ·bytes16(SB), BYTES16; \
	VPBROADCASTD ·bytes128(SB), BYTES128; \
	VPBROADCASTD ·bytes120(SB), BIASLESS8; \
	VPBROADCASTQ ·bits8(SB), BITS8; \
	VBROADCASTI32X4 ·fifthlow(SB), FIFTHLOW; \
	VBROADCASTI32X4 ·fifthhigh(SB), FIFTHHIGH; \
	VPBROADCASTD ·bytes3(SB), BYTES3; \
	VPBROADCASTD ·bytes4(SB), BYTES4; \
	VPBROADCASTD ·bytes48(SB), BYTES48; \
	VPBROADCASTD ·bytes63(SB), BYTES63; \
	VPBROADCASTD ·bytes124(SB), BIASLESS4; \
	VPMOVZXBD    ·lanes(SB), LANENUMBERS; \
	VPSRLD       $1, LANENUMBERS, HALFNUMBERS; \
	VPADDD       HALFNUMBERS, HALFNUMBERS, HALFTWICE; \
	VPMOVZXBD    ·lanes0213(SB), LANES0213
#define BYTES15 Z16
#define BYTES16 Z17
#define BYTES128 Z18
#define BIASLESS8 Z19
#define BIASLESS16 ·bytes112(SB) // in an unpacker only
#define LANENUMBERS Z21
#define BITS8 Z22
#define FIFTHLOW Z23
#define FIFTHHIGH Z24
#define HALFNUMBERS Z25 // 0 in the lower half, 1 in the upper
#define HALFTWICE Z20 // 0 and 2
#define LANES0213 Z26
#define BYTES3 Z27
#define BYTES4 Z28
#define BYTES48 Z29
#define BYTES63 Z30
#define BIASLESS4 Z31

// BIAS32 makes values that are stored plus 32 biased.
#define BIAS32(v) VPADDB ·bytes96(SB), v, v

// WIDE gives eight-bit values the class's form: adding 128 is flipping the sign.
#define WIDE(v) VPXORD BYTES128, v, v

// LOADTABLE loads the values of IQ4_NL, WIDE.
#define LOADTABLE VBROADCASTI32X4 ·iq4nl128(SB), TABLE

// FIFTHBITS adds 16 to values whose bit is set: index says which byte of q holds it,
// bit where. Changes V15 and K1.
#define FIFTHBITS(q, index, bit, values) \
	VPSHUFB  index, q, V15; \
	VPTESTMB bit, V15, K1; \
	VPADDB   BYTES16, values, K1, values

// EVENLANES takes the even lanes of two vectors, ODDLANES the odd.
#define EVENLANES(a, b, to) VSHUFI32X4 $0x88, b, a, to
#define ODDLANES(a, b, to) VSHUFI32X4 $0xdd, b, a, to

// SPREAD loads 4 floats, each to all of a lane.
#define SPREAD(off, p, to) \
	VBROADCASTF32X4 (off)(p), to; \
	VPERMPS         to, LANENUMBERS, to

// GATHER widens f16 numbers of 4 blocks of the four rows, as D wants them. Changes
// V7 and V15.
#define GATHER(off, to) \
	GATHER2(off, X15); \
	GATHER2(off+2*BLOCK, X7); \
	VINSERTI128 $1, X7, Y15, Y15; \
	VCVTPH2PS   Y15, to

// LOADLANES loads 16 bytes of 4 blocks, LOADHALF 32 bytes of 2.
#define LOADLANES(off, row, to) \
	VBROADCASTI32X4 (off)row, to; \
	VINSERTI32X4    $1, (off+BLOCK)row, to, to; \
	VINSERTI32X4    $2, (off+2*BLOCK)row, to, to; \
	VINSERTI32X4    $3, (off+3*BLOCK)row, to, to
#define LOADHALF(off, row, to) \
	VBROADCASTI64X4 (off)row, to; \
	VINSERTI64X4    $1, (off+BLOCK)row, to, to

// STORESUMS stores the sums of the lanes of F. Changes V15.
#define STORESUMS(to) \
	VEXTRACTF64X4 $1, F, Y15; \
	VADDPS        V15, F, F; \
	VEXTRACTF128  $1, Y8, X15; \
	VADDPS        V15, F, F; \
	VMOVUPS       X8, to

// UNBIAS prepares C for DOT32, which leaves the sums of products of 32 values,
// whose bias is in bytes, with A0 and A1, four a lane. DOT32MIN is for values
// without a bias. UNBIAS changes V7.
#define UNBIAS(bytes) \
	VPBROADCASTD bytes, V7; \
	XOR      C, C, C; \
	VPDPBUSD A0, V7, C; \
	VPDPBUSD A1, V7, C; \
	XOR      V7, V7, V7; \
	VPSUBD   C, V7, C
#define DOT32(u0, u1, to) \
	VMOVDQA32 C, to; \
	VPDPBUSD A0, u0, to; \
	VPDPBUSD A1, u1, to
#define DOT32MIN(u0, u1, to) \
	XOR      to, to, to; \
	VPDPBUSD A0, u0, to; \
	VPDPBUSD A1, u1, to

// UNBIASWIDE and DOTWIDE do it for WIDE values, sixteen a lane.
#define UNBIASWIDE(x, c) \
	XOR      V7, V7, V7; \
	VPDPBUSD x, BYTES128, V7; \
	XOR      c, c, c; \
	VPSUBD   V7, c, c
#define DOTWIDE(w, x, c, to) \
	VMOVDQA32 c, to; \
	VPDPBUSD  x, w, to

// DOT32WIDE is for 32 WIDE values, with A0 and A1.
#define UNBIAS32WIDE UNBIAS(·bytes128(SB))
#define DOT32WIDE(u0, u1, to) DOT32(u0, u1, to)

// FOLD makes the sums in V8 to V11 fit 256 bits.
#define FOLD \
	FOLD1(Z8, Y8); \
	FOLD1(Z9, Y9); \
	FOLD1(Z10, Y10); \
	FOLD1(Z11, Y11)
#define FOLD1(z, y) \
	VEXTRACTF64X4 $1, z, Y0; \
	VADDPS        Y0, y, y

// ALLLANES copies the first lane to all.
#define ALLLANES(from, to) VSHUFI32X4 $0, from, from, to

// UNITS and PASSES go through the values of a super-block, see k45.h and k16.h.
#define UNITS(UNIT) \
	UNIT(0, LOWER, ·order0213(SB), VPSLLW, $4, VPSLLW, $3); \
	UNIT(1, UPPER, ·order0213(SB), VPSRLW, $0, VPSRLW, $1)
#define PASSES(PASS) \
	PASS(0, FIRST4, ·order0123(SB), 0, LOWNIBBLES, VPSLLW, $4, 0, $0, VPSLLW, $2); \
	PASS(1, SECOND4, ·order0123(SB), 0, HIGHNIBBLES, VPSRLW, $0, 0, $4, VPSRLW, $0); \
	PASS(2, THIRD4, ·order0123(SB), 64, LOWNIBBLES, VPSLLW, $4, 32, $0, VPSRLW, $2); \
	PASS(3, FOURTH4, ·order0123(SB), 64, HIGHNIBBLES, VPSRLW, $0, 32, $4, VPSRLW, $4)

// LOADUNITA loads the activations of a unit, those of its low nibbles to A0, of its
// high nibbles to A1.
#define LOADUNITA(u) \
	VMOVUPS    (128*u)(Q), V14; \
	VMOVUPS    (128*u+64)(Q), V15; \
	VSHUFI64X2 $0x44, V15, V14, A0; \
	VSHUFI64X2 $0xee, V15, V14, A1

// SPREADUNIT loads the floats of a unit's groups, SPREADPASS of a pass's.
#define SPREADUNIT(u, p, to) \
	VBROADCASTF32X4 (16*u)(p), to; \
	VPERMPS         to, LANES0213, to
#define SPREADPASS(n, p, to) \
	VBROADCASTSD (8*n)(p), to; \
	VPERMPS      to, HALFNUMBERS, to

// LOADBITS and LOADBITS2 load 32 bytes, which hold one bit, or two, of each of these
// values; of those in the upper half, in the next place.
#define LOADBITS(off, row, to) \
	VBROADCASTI64X4 (off)row, to; \
	VPSRLVD         HALFNUMBERS, to, to
#define LOADBITS2(off, row, to) \
	VBROADCASTI64X4 (off)row, to; \
	VPSRLVD         HALFTWICE, to, to

// DOTMIN leaves the sums of products of values without a bias with x, four a word;
// DOT16 of values whose bias UNBIAS16 took out with A0.
#define DOTMIN(u, x, to) \
	XOR      to, to, to; \
	VPDPBUSD x, u, to
#define UNBIAS16(bytes) \
	VPBROADCASTD bytes, V7; \
	XOR          V15, V15, V15; \
	VPDPBUSD     A0, V7, V15; \
	XOR          C, C, C; \
	VPSUBD       V15, C, C
#define DOT16(u, to) \
	VMOVDQA32 C, to; \
	VPDPBUSD  A0, u, to

// LOADQUADS loads 16 bytes of 16 rows, those of row 4*i+j to lane i of vector j.
#define LOADQUADS(off, a, b, c, d) \
	VBROADCASTI32X4 off(P0), a; \
	VBROADCASTI32X4 off(P0)(STRIDE*1), b; \
	VBROADCASTI32X4 off(P0)(STRIDE*2), c; \
	VBROADCASTI32X4 off(P0)(STRIDE3*1), d; \
	LOADQUAD($1, off, P1, a, b, c, d); \
	LOADQUAD($2, off, P2, a, b, c, d); \
	LOADQUAD($3, off, P3, a, b, c, d)
#define LOADQUAD(lane, off, p, a, b, c, d) \
	VINSERTI32X4 lane, off(p), a, a; \
	VINSERTI32X4 lane, off(p)(STRIDE*1), b, b; \
	VINSERTI32X4 lane, off(p)(STRIDE*2), c, c; \
	VINSERTI32X4 lane, off(p)(STRIDE3*1), d, d

// F16LOW widens the f16 number in the low half of each word, F16HIGH that in the
// high half. Both change V15.
#define F16LOW(from, to) \
	VPMOVDW   from, Y15; \
	VCVTPH2PS Y15, to
#define F16HIGH(from, to) \
	VPSRLD $16, from, V15; \
	F16LOW(V15, to)

// WIDENCOLUMN widens a column of a panel, 32 f16 numbers at P0.
#define WIDENCOLUMN \
	VCVTPH2PS (P0), V0; \
	VCVTPH2PS 32(P0), V1; \
	VMOVUPS   V0, (QOUT); \
	VMOVUPS   V1, 64(QOUT)

// The end of a row of floats whose length is no multiple of WORDS: LOADEND reads and
// STOREEND writes the first n, which ENDOF has prepared, in K1. ENDOF changes t; n is
// CX. CLEAREND clears what is beyond them, KEEPEND takes it from other.
#define ENDOF(n, t) \
	MOVL  $1, t; \
	SHLL  n, t; \
	DECL  t; \
	KMOVW t, K1
#define LOADEND(from, to) VMOVUPS.Z from, K1, to
#define STOREEND(v, to) VMOVUPS v, K1, to
#define CLEAREND(v) VMOVAPS.Z v, K1, v
#define KEEPEND(other, v) VBLENDMPS v, other, K1, v

// ACROSS combines all floats of v by an operation, in every place. Changes t.
#define ACROSS(OPERATION, v, t) \
	VSHUFF64X2 $0x4e, v, v, t; \
	OPERATION  t, v, v; \
	VSHUFF64X2 $0xb1, v, v, t; \
	OPERATION  t, v, v; \
	VPERMILPS  $0x4e, v, t; \
	OPERATION  t, v, v; \
	VPERMILPS  $0xb1, v, t; \
	OPERATION  t, v, v

// For exp.h: ROUND rounds to integers, SCALE2 multiplies v by 2^k.
#define ROUND(from, to) VRNDSCALEPS $0, from, to
#define SCALE2(k, v, t) VSCALEFPS k, v, v
#define TAYLOR7 Z16
#define TAYLOR6 Z17
#define TAYLOR5 Z18
#define TAYLOR4 Z19
#define TAYLOR3 Z20
#define TAYLOR2 Z21
#define LOADTAYLOR \
	VBROADCASTSS ·taylor7(SB), TAYLOR7; \
	VBROADCASTSS ·taylor6(SB), TAYLOR6; \
	VBROADCASTSS ·taylor5(SB), TAYLOR5; \
	VBROADCASTSS ·taylor4(SB), TAYLOR4; \
	VBROADCASTSS ·taylor3(SB), TAYLOR3; \
	VBROADCASTSS ·taylor2(SB), TAYLOR2
