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

// Constants of formats. Bytes of 15; the bias of narrow values without minimums
// in panels, less a format's own.
#define CONSTANTS
#define BYTES15 ·bytes15(SB)
#define BIASLESS8 ·bytes24(SB)

// WIDE gives eight-bit values the class's form: as they are.
#define WIDE(v)

// EVENLANES takes the even lanes of two vectors, ODDLANES the odd.
#define EVENLANES(a, b, to) VPERM2I128 $0x20, b, a, to
#define ODDLANES(a, b, to) VPERM2I128 $0x31, b, a, to

// SPREAD loads 2 floats, each to all of a lane. Changes V7.
#define SPREAD(from, to) \
	VBROADCASTSS (from), to; \
	VBROADCASTSS 4(from), V7; \
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
// whose bias is in bytes, with X0 and X1, four a lane. DOT32MIN is for values
// without a bias. All change V7.
//
// Four products of six bits fit 16: 4*63*127 = 32004.
#define UNBIAS(bytes) \
	VPBROADCASTD bytes, V7; \
	VPMADDUBSW   X0, V7, C; \
	VPMADDUBSW   X1, V7, V7; \
	VPADDW       V7, C, C
#define DOT32(u0, u1, to) \
	VPMADDUBSW X0, u0, to; \
	VPMADDUBSW X1, u1, V7; \
	VPADDW     V7, to, to; \
	VPSUBW     C, to, to; \
	VPMADDWD   ·words1(SB), to, to
#define DOT32MIN(u0, u1, to) \
	VPMADDUBSW X0, u0, to; \
	VPMADDUBSW X1, u1, V7; \
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

// FOLD makes the sums in V8 to V11 fit 256 bits.
#define FOLD

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
