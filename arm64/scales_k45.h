// The scales and minimums of a Q4_K or Q5_K block: d f16, dmin f16, 12 bytes of
// 6-bit numbers, here s0 to s11. Groups 0 to 3 have theirs in the low six bits of
// s0-3 (scales) and s4-7 (minimums); groups 4 to 7 have four bits in s8-11 (low
// half: scale, high half: minimum) and two on top of s0-3 and s4-7.
//
// Both parts are put in the order scales 0-3, minimums 0-3, scales 4-7, minimums
// 4-7 and joined.
#define LOW_PLACE  K0
#define HIGH_PLACE K1
#define LOW_SHIFT  K2
#define LOW_MASK   K3
#define HIGH_MASK  K4

#define CONSTANTS MOVD $scalesK45<>(SB), R(TABLE)

#define BLOCK_SCALES \
	LDPQ(LOW_PLACE, HIGH_PLACE, TABLE, 0) \
	LDPQ(LOW_SHIFT, LOW_MASK, TABLE, 32) \
	MOVI16B(HIGH_MASK, 0x30) \
	ROW_SCALES(P0, 0) \
	ROW_SCALES(P1, 1) \
	ROW_SCALES(P2, 2) \
	ROW_SCALES(P3, 3) \
	ST4S_POST(V0, DS) \
	ST4S_POST(I0, DS) \
	ST4S_POST(V4, DM) \
	ST4S_POST(T0, DM)

#define ROW_SCALES(p, r) \
	LDRQ(S, p, 0) \
	FCVTL(U0, S) \
	FNEG(U0+1, U0) \
	TBL(X0, S, LOW_PLACE) \
	TBL(X1, S, HIGH_PLACE) \
	USHL16B(X0, X0, LOW_SHIFT) \
	USHR16B(X1, X1, 2) \
	AND(X0, X0, LOW_MASK) \
	AND(X1, X1, HIGH_MASK) \
	ORR(X0, X0, X1) \
	WIDEN16(r, X0, X1, U0, 0, U0+1, 1)

DATA scalesK45<>+0(SB)/8, $0x0b0a090807060504
DATA scalesK45<>+8(SB)/8, $0x0f0e0d0c0f0e0d0c
DATA scalesK45<>+16(SB)/8, $0xffffffffffffffff
DATA scalesK45<>+24(SB)/8, $0x0b0a090807060504
DATA scalesK45<>+32(SB)/8, $0
DATA scalesK45<>+40(SB)/8, $0xfcfcfcfc00000000
DATA scalesK45<>+48(SB)/8, $0x3f3f3f3f3f3f3f3f
DATA scalesK45<>+56(SB)/8, $0x0f0f0f0f0f0f0f0f
GLOBL scalesK45<>(SB), RODATA|NOPTR, $64
