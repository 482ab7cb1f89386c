package model

import (
	"llamad/runtime/kernel"
	"llamad/runtime/quant"
)

// activations are rows that are quantized once and then read by every matrix of
// a step.
type activations struct {
	set   *kernel.Set
	cols  int
	rows  []quant.Row  // (batch)
	tiles kernel.Tiles // the same rows, packed, for more than one

	rowQ, tileQ           []int8
	rowScales, tileScales []float32
	tileX                 []float32
}

// ask asks for the memory of that many rows and columns, for the kinds of
// matrix that the model has.
func (a *activations) ask(m *Model, set *kernel.Set, rows, cols int, memory Memory) {
	a.set, a.cols = set, cols
	a.rows = make([]quant.Row, rows)
	memory.Int8s(&a.rowQ, rows*cols)
	memory.Float32s(&a.rowScales, rows*quant.RowFloats(cols))
	q, scales := set.TilesSize(rows, cols)
	if m.IntegerMatrices {
		memory.Int8s(&a.tileQ, q)
		memory.Float32s(&a.tileScales, scales)
	}
	if m.FloatMatrices {
		memory.Float32s(&a.tileX, q)
	}
}

// lay cuts the memory into rows.
func (a *activations) lay() {
	for i := range a.rows {
		a.rows[i] = quant.RowOver(a.rowQ[i*a.cols:], a.rowScales[i*quant.RowFloats(a.cols):], a.cols)
	}
}

// begin makes room for a batch of n rows.
func (a *activations) begin(n int) {
	a.set.LayTiles(&a.tiles, a.rows[:n], a.cols, a.tileQ, a.tileScales, a.tileX)
}

// quantize makes a row out of x.
func (a *activations) quantize(i int, x []float32) { a.set.Quantize(&a.rows[i], x[:a.cols]) }

// pack packs a tile whose rows are quantized; one row alone needs no packing.
func (a *activations) pack(tile int) {
	if len(a.tiles.Rows) == 1 {
		return
	}
	if a.tiles.Q != nil {
		a.set.Pack(&a.tiles, tile)
	}
	if a.tiles.F != nil {
		a.set.PackFloat(&a.tiles, tile)
	}
}

// multiply computes rows from to to of y = m x for every row x of the batch.
func (a *activations) multiply(y []float32, m *kernel.Matrix, from, to int, w *workspace) {
	if len(a.tiles.Rows) == 1 {
		a.set.MulRow(y, m, &a.rows[0], from, to)
		return
	}
	a.set.MulRows(y, m.Rows, m, &a.tiles, from, to, w.panel)
}
