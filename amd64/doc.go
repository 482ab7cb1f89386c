// Package amd64 holds llamad's kernels for x86-64 laptops and test machines, and
// nothing else: it imports nothing, checks nothing and decides nothing. Package
// kernel says what each function computes (its portable Set is the
// specification), checks the operands, and chooses between the two classes:
//
//   - AVX2, with FMA and F16C: Haswell, Zen and later;
//   - VNNI, with AVX-512 F, BW and VL: Ice Lake, Zen 4 and later.
//
// # How a format becomes four kernels
//
// A tensor format is one file, q4_0_amd64.s and so on: macros that turn the bytes
// of a block into values and scales. avx2.h and vnni.h say how a class multiplies;
// each names the vector registers V0 to V15, of 256 or 512 bits, so that what
// follows from a format's layout is written once. gemv.h, for the mapped blocks,
// and unpack.h, for panels, are the loops around them; each is included once per
// format and class. The multiplication of panels has macros of its own for each
// class, since it fills the registers.
//
// Of every format X there are, for both classes:
//
//	GemvAVX2X(y, w, stride, rows, groups, q, scale, sum)
//	    y[i] = weight row i times the activations, for rows rows (a multiple of
//	    4), stride bytes apart, of groups groups of 32 columns (at least 4); q,
//	    scale and sum are the activations' int8, f32 scales and scaled sums, the
//	    sums per 32 or 16 as the format has minimums, not read where it has none.
//	UnpackAVX2X(q, scale, min, w, stride, groups)
//	    as many weight rows as a panel has, as a panel.
//
// # Lanes and words
//
// Most bytes of a block are split by masks and shifts that are the same for all of
// them, wherever they stand. A Gemv loads the values of 2 or 4 groups of a row, a
// group in each lane of 128 bits, and four rows one after another: they share
// activations, and a transposition adds up the lanes of all four. An unpacker loads
// 16 bytes of 8 or 16 rows and transposes them first, so that a vector has the same
// word of each row; then the same macros split the bytes.
//
// # Unsigned weights
//
// The multipliers of x86 want one operand unsigned. Values of formats with a
// minimum are. To others a bias is added, and their sums start at minus the bias
// times the sum of the activations, so that they end at the same integer. The
// bias is 128 for VNNI, which adds products in 32 bits, and 32 for AVX2, which
// adds four of them in 16 and so takes values of six bits. Q8_0 and IQ4_NL need
// eight: there AVX2 moves the sign of the weight to the activation.
//
// # Panels
//
//	AVX2  8 rows, tiles of 4 tokens
//	VNNI  32 rows, tiles of 6 tokens
//
// A panel is [group][8 words][rows][4]int8, with [group][rows]float32 scales and
// minimums by the format's groups, or [column][rows]float32; a tile is
// [group][tokens][32]int8, [group][tokens]float32, or [column][tokens]float32.
//
// No call may last longer than 100 us, since assembly can't be preempted: the
// callers in package kernel cut the work into such pieces.
package amd64
