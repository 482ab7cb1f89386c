#include "textflag.h"
#include "neon.h"

// Quantization of activations, 32 at a time.

#define Q     0
#define SCALE 1
#define SUM   2
#define SUM16 3
#define X     4
#define N     5 // groups to go
#define AMAX  6 // bits of the largest magnitude
#define TMP   7

#define X0    0  // the group, 0 to 7; then rounded; then narrow in 0 and 1
#define M0    8  // magnitudes, 8 to 15
#define SV    16 // scale, in lane 0
#define IV    17 // its reciprocal
#define SIGN  18 // all bits but the sign

#define ABS2(i) \
	AND(M0+i, X0+i, SIGN) \
	AND(M0+i+1, X0+i+1, SIGN)

#define ROUND2(i) \
	FMULL(X0+i, X0+i, IV, 0) \
	FMULL(X0+i+1, X0+i+1, IV, 0) \
	FCVTNS(X0+i, X0+i) \
	FCVTNS(X0+i+1, X0+i+1)

// func Quantize(q *int8, scale, sum, sum16, x *float32, groups int)
TEXT ·Quantize(SB), NOSPLIT, $0-48
	MOVD q+0(FP), R(Q)
	MOVD scale+8(FP), R(SCALE)
	MOVD sum+16(FP), R(SUM)
	MOVD sum16+24(FP), R(SUM16)
	MOVD x+32(FP), R(X)
	MOVD groups+40(FP), R(N)
	MOVW $0x7fffffff, R(TMP)
	DUP4S_R(SIGN, TMP)
	FMOVS $127.0, F19 // SV and IV are F16 and F17

group:
	LDPQ_POST(X0+0, X0+1, X, 32)
	LDPQ_POST(X0+2, X0+3, X, 32)
	LDPQ_POST(X0+4, X0+5, X, 32)
	LDPQ_POST(X0+6, X0+7, X, 32)

	// Magnitudes compare as integers: NaN above infinity above all numbers.
	ABS2(0)
	ABS2(2)
	ABS2(4)
	ABS2(6)
	UMAX4S(M0+0, M0+0, M0+1)
	UMAX4S(M0+2, M0+2, M0+3)
	UMAX4S(M0+4, M0+4, M0+5)
	UMAX4S(M0+6, M0+6, M0+7)
	UMAX4S(M0+0, M0+0, M0+2)
	UMAX4S(M0+4, M0+4, M0+6)
	UMAX4S(M0+0, M0+0, M0+4)
	UMAXV4S(M0, M0)

	FMOVS F8, R6
	FDIVS F19, F8, F16 // scale = amax / 127
	FDIVS F8, F19, F17 // its reciprocal = 127 / amax
	MOVW  $0x7f800000, R(TMP)
	CMPW  R(TMP), R(AMAX)
	BHS   fault
	MOVW  $0x0d800000, R(TMP) // 2^-100
	CMPW  R(TMP), R(AMAX)
	BLO   zero

round:
	ROUND2(0)
	ROUND2(2)
	ROUND2(4)
	ROUND2(6)
	SQXTN4H(X0+0, X0+0)
	SQXTN4H(X0+2, X0+2)
	SQXTN4H(X0+4, X0+4)
	SQXTN4H(X0+6, X0+6)
	SQXTN2_8H(X0+0, X0+1)
	SQXTN2_8H(X0+2, X0+3)
	SQXTN2_8H(X0+4, X0+5)
	SQXTN2_8H(X0+6, X0+7)
	SQXTN8B(X0+0, X0+0)
	SQXTN8B(X0+4, X0+4)
	SQXTN2_16B(X0+0, X0+2)
	SQXTN2_16B(X0+4, X0+6)
	STPQ_POST(X0+0, X0+4, Q, 32)

	// The sums of the halves, then of both.
	SADDLP8H(M0+0, X0+0)
	SADDLP8H(M0+1, X0+4)
	SADDLP4S(M0+0, M0+0)
	SADDLP4S(M0+1, M0+1)
	ADDP4S(M0+0, M0+0, M0+1)
	ADDP4S(M0+0, M0+0, M0+0)
	ADDP4S(M0+1, M0+0, M0+0)
	SCVTF(M0+0, M0+0)
	SCVTF(M0+1, M0+1)
	FMULL(M0+0, M0+0, SV, 0)
	FMULL(M0+1, M0+1, SV, 0)
	STRD_POST(M0+0, SUM16, 8)
	STRS_POST(M0+1, SUM, 4)
	STRS_POST(SV, SCALE, 4)
	SUBS $1, R(N)
	BNE  group
	RET

	// A NaN or an infinity shows as a NaN scale; times zero all values, infinities
	// and NaNs too, convert to zero.
fault:
	MOVW  $0x7fc00000, R(TMP)
	FMOVS R7, F16
	FMOVS ZR, F17
	B     round

	// So small that the reciprocal would overflow.
zero:
	FMOVS ZR, F16
	FMOVS ZR, F17
	B     round
