// Package arm64 holds the NEON kernels, and nothing else: it imports nothing,
// checks nothing and decides nothing. Package kernel says what each function
// computes (its portable Set is the specification), checks the operands, and
// chooses between the two classes:
//
//   - Dot, for cores with SDOT: Cortex-A76, the Raspberry Pi 5;
//   - Neon, for all others: Cortex-A72 and A53, the Raspberry Pi 4, 3 and Zero 2 W.
//     It multiplies with SMULL and SMLAL2 and holds no SDOT.
//
// Go's assembler lacks most vector instructions, so neon.h spells them out as
// macros in the order of the Arm manual, destination first, over numbers of
// registers. A test holds every macro to llvm-mc.
//
// # How a format becomes four kernels
//
// A tensor format is one file, q4_0_arm64.s and so on: a macro LOAD that turns a
// block into two vectors of int8 and its scale, and a macro SCALES that turns
// four raw scales into floats. dot.h and smull.h say how a class multiplies and
// how its panels lie in memory. gemv.h, for the mapped blocks, and unpack.h, for
// panels, are the loops around them; each is included once per format and class.
//
// Of every format X there are, for both classes:
//
//	GemvDotX(y, w, stride, rows, groups, q, scale, sum)
//	    y[i] = weight row i times the activations, for rows rows (a multiple of
//	    4), stride bytes apart, of groups groups of 32 columns; q, scale and sum
//	    are the activations' int8, f32 scales and scaled sums, the sums per 32 or
//	    16 as the format has minimums, and not read where it has none.
//	UnpackDotX(q, scale, min, w, stride, groups)
//	    8 weight rows as a panel.
//
// # Panels
//
// A panel is 8 weight rows in two halves of 4, one after the other. In a half,
// for every 16 columns of the Dot class, and every 32 of the Neon class:
//
//	Dot   [4 words][4 rows][4]int8   one SDOT by element multiplies a word of 4 rows
//	Neon  [4 rows][32]int8
//
// and for both, per group of the format, [4 rows]float32 scales and minimums.
// Panels of floats are [column][4 rows]float32 in each half.
//
// COST.md says what each loop costs on both cores, and what bounds it.
//
// No call may last longer than 100 us, since assembly can't be preempted: the
// callers in package kernel cut the work into such pieces.
package arm64
