// What Q4_K and Q5_K have in common: after the scales' scales d and dmin, 12 bytes
// of 6-bit scales and minimums of eight groups; 128 bytes of nibbles, each 32 of
// which hold 32 values of one group and 32 of the next.

#define GROUP 32

// SIXBITS makes the three words of scales, a, b and c, bytes: scales of groups 0 to
// 3 in a, of 4 to 7 in c, minimums in b and d. Changes t.
#define SIXBITS(a, b, c, d, t) \
	VPSRLW $4, c, t; \
	AND    BYTES15, t, t; \
	AND    BYTES15, c, c; \
	VPSRLW $2, b, d; \
	AND    BYTES48, d, d; \
	OR     t, d, d; \
	VPSRLW $2, a, t; \
	AND    BYTES48, t, t; \
	OR     t, c, c; \
	AND    BYTES63, a, a; \
	AND    BYTES63, b, b

// GEMV: scales in Y3, those of groups 0 to 3 in its LOWER half, minimums in Y9 till
// they are added; d in V6, dmin in V0. A unit is the groups of as many nibbles as a
// vector holds.
#define LOWER(y, x) VMOVDQA x, X15
#define UPPER(y, x) VEXTRACTI128 $1, y, X15
#define GEMV \
	LOADHEADS(0); \
	VMOVDQA     X0, X6; \
	SIXBITS(V1, V2, V3, V4, V5); \
	VINSERTI128 $1, X3, Y1, Y3; \
	VINSERTI128 $1, X4, Y2, Y9; \
	WIDENHEADS(X6, V6, V0); \
	UNITS(UNITMINS); \
	UNITS(UNIT)
#define UNITMINS(u, HALF, order, SHIFT0, n0, SHIFT1, n1) \
	HALF(Y9, X9); \
	NUMBERS(order, VPMOVZXBD); \
	VMULPS       V0, V15, D; \
	SPREADUNIT(u, SUM, V15); \
	VFNMADD231PS V15, D, F
#define UNIT(u, HALF, order, SHIFT0, n0, SHIFT1, n1) \
	HALF(Y3, X3); \
	NUMBERS(order, VPMOVZXBD); \
	VMULPS V6, V15, D; \
	SPREADUNIT(u, SCALE, V15); \
	VMULPS V15, D, D; \
	LOADUNITA(u); \
	UNITDOT(u, (P), I0, SHIFT0, n0, SHIFT1, n1); \
	UNITDOT(u, (P)(STRIDE*1), I1, SHIFT0, n0, SHIFT1, n1); \
	UNITDOT(u, (P)(STRIDE*2), I2, SHIFT0, n0, SHIFT1, n1); \
	UNITDOT(u, (P)(STRIDE3*1), I3, SHIFT0, n0, SHIFT1, n1); \
	ADDSUMS
#define UNITDOT(u, row, to, SHIFT0, n0, SHIFT1, n1) \
	VMOVUPS (QS+16*LANES*u)row, V0; \
	NIBBLES(V0, V0, V1); \
	FIFTH(row, SHIFT0, n0, SHIFT1, n1); \
	DOTMIN(V0, A0, V14); \
	DOTMIN(V1, A1, V15); \
	EVENLANES(V14, V15, to); \
	ODDLANES(V14, V15, V15); \
	VPADDD  V15, to, to

// UNPACK: d in V8, minus dmin in V9. FIFTHS loads the fifth bits of a half of the
// values of all groups, and PUTGROUPS writes two words of two groups.
#define UNPACK \
	LOADWORDS(0); \
	F16LOW(V0, V8); \
	F16HIGH(V0, V9); \
	XOR ·signs(SB), V9, V9; \
	SIXBITS(V1, V2, V3, V4, V5); \
	PUTNUMBERS(V1, VPSRLD, V8, PUTSCALE, 0); \
	PUTNUMBERS(V3, VPSRLD, V8, PUTSCALE, 4); \
	PUTNUMBERS(V2, VPSRLD, V9, PUTMIN, 0); \
	PUTNUMBERS(V4, VPSRLD, V9, PUTMIN, 4); \
	PUTHALF(0); \
	PUTHALF(1)
#define PUTHALF(h) \
	FIFTHS(h); \
	PUTGROUPS(h, 0, VPSLLW, $4, VPSLLW, $3); \
	PUTGROUPS(h, 1, VPSLLW, $2, VPSLLW, $1); \
	PUTGROUPS(h, 2, VPSRLW, $0, VPSRLW, $1); \
	PUTGROUPS(h, 3, VPSRLW, $2, VPSRLW, $3)
#define PUTGROUPS(h, c, SHIFT0, n0, SHIFT1, n1) \
	LOADWORDS(QS+32*c+16*h); \
	PUTWORD(V0, V8, 16*c+4*h, SHIFT0, n0, SHIFT1, n1); \
	PUTWORD(V1, V9, 16*c+4*h+1, SHIFT0, n0, SHIFT1, n1); \
	PUTWORD(V2, V10, 16*c+4*h+2, SHIFT0, n0, SHIFT1, n1); \
	PUTWORD(V3, V11, 16*c+4*h+3, SHIFT0, n0, SHIFT1, n1)
#define PUTWORD(v, fifths, word, SHIFT0, n0, SHIFT1, n1) \
	NIBBLES(v, v, V4); \
	FIFTHWORD(v, fifths, SHIFT0, n0); \
	FIFTHWORD(V4, fifths, SHIFT1, n1); \
	PUT(v, word); \
	PUT(V4, word+8)
