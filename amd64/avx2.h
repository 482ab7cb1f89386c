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

// The bias of narrow values without minimums, and the same less a format's own.
#define BIASBYTES ·bytes32(SB)
#define BIASLESS8 ·bytes24(SB)

// WIDE gives eight-bit values the class's form: as they are.
#define WIDE(v)

// LANE broadcasts 16 bytes to each lane.
#define LANE(from, to) VBROADCASTI128 from, to

// LOADLANES loads 16 bytes of 2 rows.
#define LOADLANES(off, to) \
	VBROADCASTI128 off(P), to; \
	VINSERTI128    $1, off(P)(STRIDE*1), to, to

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

// GATHERF16 widens the two f16 numbers at off of 2 rows into V15.
#define GATHERF16(off) \
	VMOVD     off(P), X15; \
	VPINSRD   $1, off(P)(STRIDE*1), X15, X15; \
	VCVTPH2PS X15, X15

// STORELANES stores the first float of each lane of F. Changes V15.
#define STORELANES(to) \
	VEXTRACTF128 $1, F, X15; \
	VUNPCKLPS    Y15, F, Y15; \
	VMOVLPS      X15, to

// DOT32 leaves in I, four a lane, the sums of products of 32 biased values with
// X0 and X1, DOT32MIN of values without a bias, DOT32WIDE of eight-bit values;
// DOT16 and DOT16MIN of 16 values with X0. All change V7 and V15.
//
// Four products of six bits fit 16: 4*63*127 = 32004. Of eight bits only two fit,
// and those only if unsigned; the activations take the signs, being never -128.
#define DOT32(u0, u1) \
	VPMADDUBSW X0, u0, I; \
	VPMADDUBSW X1, u1, V7; \
	VPADDW     V7, I, I; \
	VPMADDUBSW X0, BIASES, V7; \
	VPMADDUBSW X1, BIASES, V15; \
	VPADDW     V15, V7, V7; \
	VPSUBW     V7, I, I; \
	VPMADDWD   ·words1(SB), I, I
#define DOT32MIN(u0, u1) \
	VPMADDUBSW X0, u0, I; \
	VPMADDUBSW X1, u1, V7; \
	VPADDW     V7, I, I; \
	VPMADDWD   ·words1(SB), I, I
#define DOT32WIDE(w0, w1) \
	VPSIGNB    w0, X0, I; \
	VPABSB     w0, V15; \
	VPMADDUBSW I, V15, I; \
	VPMADDWD   ·words1(SB), I, I; \
	VPSIGNB    w1, X1, V7; \
	VPABSB     w1, V15; \
	VPMADDUBSW V7, V15, V7; \
	VPMADDWD   ·words1(SB), V7, V7; \
	VPADDD     V7, I, I
#define DOT16(u) \
	VPMADDUBSW X0, u, I; \
	VPMADDUBSW X0, BIASES, V7; \
	VPSUBW     V7, I, I; \
	VPMADDWD   ·words1(SB), I, I
#define DOT16MIN(u) \
	VPMADDUBSW X0, u, I; \
	VPMADDWD   ·words1(SB), I, I

// FOLD makes the sums in V8 to V11 fit 256 bits.
#define FOLD

// WIDENCOLUMN widens a column of a panel, 8 f16 numbers at P0.
#define WIDENCOLUMN \
	VCVTPH2PS (P0), V0; \
	VMOVUPS   V0, (QOUT)
