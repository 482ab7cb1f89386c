// The exponential function of four numbers.
//
// e^x = 2^k e^r with k = round(x / ln 2), so |r| <= ln(2)/2, and e^r by its Taylor
// series up to r^7/7!, which leaves less than 6e-9. 2^k is multiplied in two
// steps, so that results overflow to infinity and fade to zero as they should.
// Adding 1.5*2^23 leaves k in the low bits of a float; only the low nine of them
// reach an exponent, so the rest need not be taken off.

// Constants, loaded by EXP_CONSTANTS in the order of expTable.
#define LOWEST  16 // below this, e^x is 0
#define HIGHEST 17 // above this, infinity
#define LOG2E   18
#define ROUNDER 19 // 1.5*2^23: added to a number, it rounds it to an integer
#define LN2HIGH 20 // ln 2 with zeros at its end, so that k times it is exact
#define LN2LOW  21 // and the rest
#define C7      22 // 1/7! to 1/2!
#define C6      23
#define C5      24
#define C4      25
#define C3      26
#define C2      27
#define ONE     28

#define EXP_CONSTANTS(TABLE) \
	MOVD $expTable<>(SB), R(TABLE) \
	LD1RS_POST(LOWEST, TABLE) \
	LD1RS_POST(HIGHEST, TABLE) \
	LD1RS_POST(LOG2E, TABLE) \
	LD1RS_POST(ROUNDER, TABLE) \
	LD1RS_POST(LN2HIGH, TABLE) \
	LD1RS_POST(LN2LOW, TABLE) \
	LD1RS_POST(C7, TABLE) \
	LD1RS_POST(C6, TABLE) \
	LD1RS_POST(C5, TABLE) \
	LD1RS_POST(C4, TABLE) \
	LD1RS_POST(C3, TABLE) \
	LD1RS_POST(C2, TABLE) \
	LD1RS_POST(ONE, TABLE)

// EXP(x, p, k, h) replaces x by e^x; p, k and h are free.
#define EXP(x, p, k, h) \
	FMAX(x, x, LOWEST) \
	FMIN(x, x, HIGHEST) \
	MOV(k, ROUNDER) \
	FMLA(k, x, LOG2E) \
	FSUB(h, k, ROUNDER) \
	FMLS(x, h, LN2HIGH) \
	FMLS(x, h, LN2LOW) \
	MOV(p, C6) \
	FMLA(p, x, C7) \
	MOV(h, C5) \
	FMLA(h, p, x) \
	MOV(p, C4) \
	FMLA(p, h, x) \
	MOV(h, C3) \
	FMLA(h, p, x) \
	MOV(p, C2) \
	FMLA(p, h, x) \
	MOV(h, ONE) \
	FMLA(h, p, x) \
	MOV(p, ONE) \
	FMLA(p, h, x) \
	SSHR4S(h, k, 1) \
	SUB4S(k, k, h) \
	SHL4S(h, h, 23) \
	SHL4S(k, k, 23) \
	ADD4S(h, h, ONE) \
	ADD4S(k, k, ONE) \
	FMUL(p, p, h) \
	FMUL(x, p, k)

DATA expTable<>+0(SB)/4, $0xc2d20000  // -105
DATA expTable<>+4(SB)/4, $0x42b40000  // 90
DATA expTable<>+8(SB)/4, $0x3fb8aa3b  // 1/ln 2
DATA expTable<>+12(SB)/4, $0x4b400000 // 1.5*2^23
DATA expTable<>+16(SB)/4, $0x3f318000 // 355/512
DATA expTable<>+20(SB)/4, $0xb95e8083 // ln 2 - 355/512
DATA expTable<>+24(SB)/4, $0x39500d01 // 1/5040
DATA expTable<>+28(SB)/4, $0x3ab60b61 // 1/720
DATA expTable<>+32(SB)/4, $0x3c088889 // 1/120
DATA expTable<>+36(SB)/4, $0x3d2aaaab // 1/24
DATA expTable<>+40(SB)/4, $0x3e2aaaab // 1/6
DATA expTable<>+44(SB)/4, $0x3f000000 // 1/2
DATA expTable<>+48(SB)/4, $0x3f800000 // 1
GLOBL expTable<>(SB), RODATA|NOPTR, $52
