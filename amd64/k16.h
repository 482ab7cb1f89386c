// What Q2_K, Q3_K and Q6_K have in common: a scale for 16 weights, and pairs of bits
// of 128 weights in each 32 bytes.

#define GROUP 16

// GEMV: the bytes of four groups' scales each in the halves of Y5 and Y6, d in V14,
// dmin in V3. A pass is as many weights, in their order, as a vector has bytes. Its
// arguments say which scales and activations go with them; then, for
//
//	Q6_K        where its nibbles are, and how its pairs of bits get to bit 4
//	Q2_K, Q3_K  where its pairs are, and how they get to bit 0
//	Q3_K        how its third bits get to bit 2
#define FIRST4 VMOVDQA X5, X15
#define SECOND4 VEXTRACTI128 $1, Y5, X15
#define THIRD4 VMOVDQA X6, X15
#define FOURTH4 VEXTRACTI128 $1, Y6, X15
#define PASS(n, SCALES4, order, ql, HALVES, SHIFT4, n4, q, n0, SHIFT2, n2) \
	SCALES4; \
	PASSSCALES(n, order); \
	SPREADPASS(n, SCALE, V15); \
	VMULPS  V15, D, D; \
	VMOVUPS (16*LANES*n)(Q), A0; \
	PASSBIAS; \
	PASSDOT((P), I0, ql, HALVES, SHIFT4, n4, q, n0, SHIFT2, n2); \
	PASSDOT((P)(STRIDE*1), I1, ql, HALVES, SHIFT4, n4, q, n0, SHIFT2, n2); \
	PASSDOT((P)(STRIDE*2), I2, ql, HALVES, SHIFT4, n4, q, n0, SHIFT2, n2); \
	PASSDOT((P)(STRIDE3*1), I3, ql, HALVES, SHIFT4, n4, q, n0, SHIFT2, n2); \
	ADDSUMS

// SCALESSIGNED makes signed bytes of scales the scales of a pass.
#define SCALESSIGNED(order) \
	NUMBERS(order, VPMOVSXBD); \
	VMULPS V14, V15, D

// PAIRS takes the pairs of bits of a pass.
#define PAIRS(off, row, n0) \
	LOADBITS2(off, row, V0); \
	VPSRLW n0, V0, V0; \
	AND    BYTES3, V0, V0

// UNPACK, for Q2_K and Q3_K: PUTPAIRS writes half of the values in 32 bytes, four
// groups' four words. PUTBITS adds Q3_K's third bits, in V8 to V11, by a shift to
// bit 2, and its bias.
#define PUTPAIRS(off, word, SHIFT0, n0, SHIFT1, n1, SHIFT2, n2, SHIFT3, n3) \
	LOADWORDS(off); \
	PUTPAIR4(word, $0, SHIFT0, n0); \
	PUTPAIR4(word+8, $2, SHIFT1, n1); \
	PUTPAIR4(word+16, $4, SHIFT2, n2); \
	PUTPAIR4(word+24, $6, SHIFT3, n3)
#define PUTPAIR4(word, shift, SHIFT, n) \
	PUTPAIR(V0, V8, word, shift, SHIFT, n); \
	PUTPAIR(V1, V9, word+1, shift, SHIFT, n); \
	PUTPAIR(V2, V10, word+2, shift, SHIFT, n); \
	PUTPAIR(V3, V11, word+3, shift, SHIFT, n)
#define PUTPAIR(v, thirds, word, shift, SHIFT, n) \
	VPSRLW shift, v, V4; \
	AND    BYTES3, V4, V4; \
	PUTBITS(V4, thirds, SHIFT, n); \
	PUT(V4, word)
