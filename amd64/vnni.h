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

// The bias of values without minimums, and the same less a format's own.
#define BIASBYTES ·bytes128(SB)
#define BIASLESS8 ·bytes120(SB)

// WIDE gives eight-bit values the class's form: adding 128 is flipping the sign.
#define WIDE(v) VPXORD ·bytes128(SB), v, v

// LANE broadcasts 16 bytes to each lane.
#define LANE(from, to) VBROADCASTI32X4 from, to

// LOADLANES loads 16 bytes of 4 rows.
#define LOADLANES(off, to) \
	VBROADCASTI32X4 off(P), to; \
	VINSERTI32X4    $1, off(P)(STRIDE*1), to, to; \
	VINSERTI32X4    $2, off(P)(STRIDE*2), to, to; \
	VINSERTI32X4    $3, off(P)(STRIDE3*1), to, to

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

// GATHERF16 widens the two f16 numbers at off of 4 rows into V15.
#define GATHERF16(off) \
	VMOVD     off(P), X15; \
	VPINSRD   $1, off(P)(STRIDE*1), X15, X15; \
	VPINSRD   $2, off(P)(STRIDE*2), X15, X15; \
	VPINSRD   $3, off(P)(STRIDE3*1), X15, X15; \
	VCVTPH2PS X15, Y15

// STORELANES stores the first float of each lane of F. Changes V15.
#define STORELANES(to) \
	VMOVDQU ·firsts(SB), X15; \
	VPERMD  F, V15, V15; \
	VMOVUPS X15, to

// DOT32 leaves in I, four a lane, the sums of products of 32 biased values with
// X0 and X1, DOT32MIN of values without a bias, DOT32WIDE of eight-bit values;
// DOT16 and DOT16MIN of 16 values with X0. All change V7.
#define DOT32(u0, u1) \
	VPXOR    X7, X7, X7; \
	VPDPBUSD X0, BIASES, V7; \
	VPDPBUSD X1, BIASES, V7; \
	DOT32MIN(u0, u1); \
	VPSUBD   V7, I, I
#define DOT32MIN(u0, u1) \
	VPXOR    X6, X6, X6; \
	VPDPBUSD X0, u0, I; \
	VPDPBUSD X1, u1, I
#define DOT32WIDE(w0, w1) DOT32(w0, w1)
#define DOT16(u) \
	VPXOR    X7, X7, X7; \
	VPDPBUSD X0, BIASES, V7; \
	DOT16MIN(u); \
	VPSUBD   V7, I, I
#define DOT16MIN(u) \
	VPXOR    X6, X6, X6; \
	VPDPBUSD X0, u, I

// FOLD makes the sums in V8 to V11 fit 256 bits.
#define FOLD \
	FOLD1(Z8, Y8); \
	FOLD1(Z9, Y9); \
	FOLD1(Z10, Y10); \
	FOLD1(Z11, Y11)
#define FOLD1(z, y) \
	VEXTRACTF64X4 $1, z, Y0; \
	VADDPS        Y0, y, y

// WIDENCOLUMN widens a column of a panel, 32 f16 numbers at P0.
#define WIDENCOLUMN \
	VCVTPH2PS (P0), V0; \
	VCVTPH2PS 32(P0), V1; \
	VMOVUPS   V0, (QOUT); \
	VMOVUPS   V1, 64(QOUT)
