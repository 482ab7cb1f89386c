// Package kernel holds every computation of the forward pass that is worth
// writing in assembly, three times over: its portable meaning in plain Go, which
// is the oracle and is never tuned; the assembly packages arm64 and amd64; and
// the choice among them for the CPU at hand.
//
// A Set is one implementation of all of it. The integer parts of every Set are
// equal bit for bit; float results differ from Portable's only by the order of
// additions.
//
// # Two ways through a matrix
//
// Decode multiplies one row of activations: Gemv reads the mapped blocks
// directly, several weight rows a call.
//
// Prefill multiplies many rows: Gemm unpacks a panel of PanelRows weight rows,
// at most KBlock columns of them, into int8 values and f32 scales that stay in
// the L1 cache, and runs it against every activation row of the batch, TileRows
// at a time. So a format differs only in its unpacker, and one int8
// micro-kernel serves all of them.
//
// Each output is computed whole by one call, in an order that depends on the
// shape alone: a result is the same at any number of threads.
package kernel
