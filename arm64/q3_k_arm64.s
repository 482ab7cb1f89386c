#include "textflag.h"
#include "neon.h"
#include "block.h"

// Q3_K: 32 bytes of third bits (bit g of byte i belongs to value i of group g), 64
// bytes of low two bits as in Q2_K, 12 bytes of scales, d f16. A weight is its
// three bits less 4.
#define BLOCK 110
#define TWO   K0 // 3
#define THREE K1 // 7
#define BIAS3 K2 // 4
#define BLOCK_CONSTANTS \
	MOVI16B(TWO, 3) \
	MOVI16B(THREE, 7) \
	MOVI16B(BIAS3, 4)

#define PARTS(p, g, v, w, t, u) \
	LDPQ(v, w, p, 0) \
	LDPQ(t, u, p, 32+g/4*32)
#define LOWS(g, t, u) \
	USHR16B(t, t, g%4*2) \
	USHR16B(u, u, g%4*2)
#define LEFT(g, v, w) \
	SHL16B(v, v, 2-g) \
	SHL16B(w, w, 2-g)
#define RIGHT(g, v, w) \
	USHR16B(v, v, g-2) \
	USHR16B(w, w, g-2)
#define JOINED(v, w, t, u) \
	BIT(v, t, TWO) \
	BIT(w, u, TWO) \
	AND(v, v, THREE) \
	AND(w, w, THREE) \
	SUB16B(v, v, BIAS3) \
	SUB16B(w, w, BIAS3)

#define GROUP0(p, g, v, w, t, u) \
	PARTS(p, g, v, w, t, u) \
	LEFT(g, v, w) \
	JOINED(v, w, t, u)
#define GROUP12(p, g, v, w, t, u) \
	PARTS(p, g, v, w, t, u) \
	LOWS(g, t, u) \
	LEFT(g, v, w) \
	JOINED(v, w, t, u)
#define GROUP4(p, g, v, w, t, u) \
	PARTS(p, g, v, w, t, u) \
	RIGHT(g, v, w) \
	JOINED(v, w, t, u)
#define GROUP3567(p, g, v, w, t, u) \
	PARTS(p, g, v, w, t, u) \
	LOWS(g, t, u) \
	RIGHT(g, v, w) \
	JOINED(v, w, t, u)
#define GROUPS(GROUP) \
	GROUP(0, GROUP0) \
	GROUP(1, GROUP12) \
	GROUP(2, GROUP12) \
	GROUP(3, GROUP3567) \
	GROUP(4, GROUP4) \
	GROUP(5, GROUP3567) \
	GROUP(6, GROUP3567) \
	GROUP(7, GROUP3567)

// Sixteen 6-bit scales plus 32: bytes 0 to 7 hold the low four bits of groups 0
// to 7 and, in their high halves, of 8 to 15; bytes 8 to 11 the high two bits of
// groups g, g+4, g+8 and g+12. The 16 bytes that end with the block are loaded,
// so the scales begin at the third.
#define LOW_PLACE  K0
#define HIGH_PLACE K1
#define LOW_SHIFT  K2
#define HIGH_SHIFT K3
#define LOW_MASK   K4
#define HIGH_MASK  S
#define BIAS_SCALE M
#define CONSTANTS MOVD $scalesQ3K<>(SB), R(TABLE)
#define BLOCK_SCALES \
	LDPQ(LOW_PLACE, HIGH_PLACE, TABLE, 0) \
	LDPQ(LOW_SHIFT, HIGH_SHIFT, TABLE, 32) \
	MOVI16B(LOW_MASK, 0x0f) \
	MOVI16B(HIGH_MASK, 0x30) \
	MOVI16B(BIAS_SCALE, 32) \
	ROW_SCALES(P0, 0) \
	ROW_SCALES(P1, 1) \
	ROW_SCALES(P2, 2) \
	ROW_SCALES(P3, 3) \
	STORE16(DS)
#define ROW_SCALES(p, r) \
	LDRQ(U0, p, 94) \
	LDRH(U0+1, p, 108) \
	FCVTL(U0+1, U0+1) \
	TBL(X0, U0, LOW_PLACE) \
	TBL(X1, U0, HIGH_PLACE) \
	USHL16B(X0, X0, LOW_SHIFT) \
	USHL16B(X1, X1, HIGH_SHIFT) \
	AND(X0, X0, LOW_MASK) \
	AND(X1, X1, HIGH_MASK) \
	ORR(X0, X0, X1) \
	SUB16B(X0, X0, BIAS_SCALE) \
	WIDEN16(r, X0, X1, U0+1, 0, U0+1, 0)

DATA scalesQ3K<>+0(SB)/8, $0x0908070605040302
DATA scalesQ3K<>+8(SB)/8, $0x0908070605040302
DATA scalesQ3K<>+16(SB)/8, $0x0d0c0b0a0d0c0b0a
DATA scalesQ3K<>+24(SB)/8, $0x0d0c0b0a0d0c0b0a
DATA scalesQ3K<>+32(SB)/8, $0
DATA scalesQ3K<>+40(SB)/8, $0xfcfcfcfcfcfcfcfc
DATA scalesQ3K<>+48(SB)/8, $0x0202020204040404
DATA scalesQ3K<>+56(SB)/8, $0xfefefefe00000000
GLOBL scalesQ3K<>(SB), RODATA|NOPTR, $64
#include "super16.h"

#include "dot.h"

// func GemvDotQ3K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvDotQ3K(SB), 0, $512-64
#include "gemv_super.h"

// func UnpackDotQ3K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackDotQ3K(SB), NOSPLIT, $0-48
#include "unpack_super.h"

#include "smull.h"

// func GemvNeonQ3K(y *float32, w *byte, stride, rows, groups int, q *int8, scale, sum *float32)
TEXT ·GemvNeonQ3K(SB), 0, $512-64
#include "gemv_super.h"

// func UnpackNeonQ3K(q *int8, scale, min *float32, w *byte, stride, groups int)
TEXT ·UnpackNeonQ3K(SB), NOSPLIT, $0-48
#include "unpack_super.h"
