package kernel

import (
	"unsafe"

	"llamad/arm64"
	"llamad/runtime/quant"
)

// rowsOf gives the four rows of a tile; the last row of the batch stands in for
// those beyond it, and nobody reads their results.
func (t *Tiles) rowsOf(tile int) (rows [tileRowsARM64]*quant.Row) {
	for i := range rows {
		rows[i] = &t.Rows[min(tile*tileRowsARM64+i, len(t.Rows)-1)]
	}
	return rows
}

// packDot interleaves the rows' values by four bytes, Q[word][row][4].
func packDot(t *Tiles, tile int) {
	r := t.rowsOf(tile)
	arm64.Interleave(words(t.Q[tile*tileRowsARM64*t.Cols:]), words(r[0].Q), words(r[1].Q), words(r[2].Q), words(r[3].Q), t.Cols/4)
	packScalesARM64(t, tile)
}

// packNeon keeps the 32 values of a row's group together, Q[group][row][32].
func packNeon(t *Tiles, tile int) {
	r := t.rowsOf(tile)
	arm64.InterleaveGroups(&t.Q[tile*tileRowsARM64*t.Cols], &r[0].Q[0], &r[1].Q[0], &r[2].Q[0], &r[3].Q[0], t.Cols/quant.ActivationGroup)
	packScalesARM64(t, tile)
}

func packScalesARM64(t *Tiles, tile int) {
	r, groups := t.rowsOf(tile), t.Cols/quant.ActivationGroup
	at := tile * tileRowsARM64 * groups
	arm64.Interleave(&t.Scale[at], &r[0].Scale[0], &r[1].Scale[0], &r[2].Scale[0], &r[3].Scale[0], groups)
	arm64.Interleave(&t.Sum[at], &r[0].Sum[0], &r[1].Sum[0], &r[2].Sum[0], &r[3].Sum[0], groups)
	arm64.Interleave(&t.Sum16[2*at], &r[0].Sum16[0], &r[1].Sum16[0], &r[2].Sum16[0], &r[3].Sum16[0], 2*groups)
}

// packFloatARM64 writes F[column][row].
func packFloatARM64(t *Tiles, tile int) {
	r := t.rowsOf(tile)
	arm64.Interleave(&t.F[tile*tileRowsARM64*t.Cols], &r[0].X[0], &r[1].X[0], &r[2].X[0], &r[3].X[0], t.Cols)
}

// words is where words of four int8 begin.
func words(q []int8) *float32 { return (*float32)(unsafe.Pointer(unsafe.SliceData(q))) }
