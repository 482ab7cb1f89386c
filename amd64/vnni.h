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

// Constants of formats, in registers: as operands in memory they would straddle
// cache lines. Bytes of 15; the bias of values without minimums in panels, and the
// same less a format's own; 0 to 3, each in all words of a lane.
#define CONSTANTS \
	VPBROADCASTD ·bytes15(SB), BYTES15; \
	VPBROADCASTD ·bytes128(SB), BYTES128; \
	VPBROADCASTD ·bytes120(SB), BIASLESS8; \
	VPMOVZXBD    ·lanes(SB), LANENUMBERS
#define BYTES15 Z16
#define BYTES128 Z17
#define BIASLESS8 Z18
#define LANENUMBERS Z19

// WIDE gives eight-bit values the class's form: adding 128 is flipping the sign.
#define WIDE(v) VPXORD BYTES128, v, v

// EVENLANES takes the even lanes of two vectors, ODDLANES the odd.
#define EVENLANES(a, b, to) VSHUFI32X4 $0x88, b, a, to
#define ODDLANES(a, b, to) VSHUFI32X4 $0xdd, b, a, to

// SPREAD loads 4 floats, each to all of a lane.
#define SPREAD(from, to) \
	VBROADCASTF32X4 (from), to; \
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
// whose bias is in bytes, with X0 and X1, four a lane. DOT32MIN is for values
// without a bias. UNBIAS changes V7.
#define UNBIAS(bytes) \
	VPBROADCASTD bytes, V7; \
	XOR      C, C, C; \
	VPDPBUSD X0, V7, C; \
	VPDPBUSD X1, V7, C; \
	XOR      V7, V7, V7; \
	VPSUBD   C, V7, C
#define DOT32(u0, u1, to) \
	VMOVDQA32 C, to; \
	VPDPBUSD X0, u0, to; \
	VPDPBUSD X1, u1, to
#define DOT32MIN(u0, u1, to) \
	XOR      to, to, to; \
	VPDPBUSD X0, u0, to; \
	VPDPBUSD X1, u1, to

// UNBIASWIDE and DOTWIDE do it for WIDE values, sixteen a lane.
#define UNBIASWIDE(x, c) \
	XOR      V7, V7, V7; \
	VPDPBUSD x, BYTES128, V7; \
	XOR      c, c, c; \
	VPSUBD   V7, c, c
#define DOTWIDE(w, x, c, to) \
	VMOVDQA32 c, to; \
	VPDPBUSD  x, w, to

// FOLD makes the sums in V8 to V11 fit 256 bits.
#define FOLD \
	FOLD1(Z8, Y8); \
	FOLD1(Z9, Y9); \
	FOLD1(Z10, Y10); \
	FOLD1(Z11, Y11)
#define FOLD1(z, y) \
	VEXTRACTF64X4 $1, z, Y0; \
	VADDPS        Y0, y, y

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
