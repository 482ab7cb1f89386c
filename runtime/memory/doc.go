// Package memory tells how much memory this process has taken and how much more
// it could have.
//
// What it could have is the least of what the whole machine can spare and what
// each control group above the process leaves it. Page cache counts as free
// wherever it lies, since the kernel gives it back before it kills anybody: a
// mapped model is page cache, and a reading that called it taken would refuse the
// next one. Swap never counts, neither on a card, which it wears out, nor
// compressed in memory: weights and KV caches do not compress.
package memory
