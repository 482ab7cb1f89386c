// Package quant knows every tensor format of GGUF that llamad runs: how a block
// lies in memory, how long a row is, what each weight is worth, and how a row of
// activations becomes int8.
//
// An integer format has one definition, its unpack function: a block becomes
// int8 values in groups, each group with a scale and, for some formats, a
// minimum, so that
//
//	weight = scale * q + min
//
// Dequantize and every fast kernel are held to that definition. Products and
// sums are written with explicit float32 conversions, because Go may fuse a
// multiplication and an addition on arm64 and never does on amd64; without them
// the two would not agree bit for bit.
//
// The layouts are those of ggml's block structures (ggml-common.h).
package quant
