// Package model is the forward pass of a llama-shaped transformer: named weights
// over a mapped file, a KV cache, and the steps of a layer in the order of the
// papers.
//
// Read forward.go first. Buffers carry their shapes, rows first; a batch is
// (rows, ...) with each row the state of one token at one position of one cache.
package model
