package kernel

import (
	"llamad/amd64"
	"llamad/runtime/quant"
)

// rowOrLast is row i of the batch; the last one stands in for those beyond it, and
// nobody reads their results.
func (t *Tiles) rowOrLast(i int) *quant.Row { return &t.Rows[min(i, len(t.Rows)-1)] }

// packWith packs tiles as [group][row][32], and where sums start that end without
// the bias of weights.
func packWith(tileRows, bias int) func(t *Tiles, tile int) {
	return func(t *Tiles, tile int) {
		groups := t.Cols / quant.ActivationGroup
		for i := range tileRows {
			row, at := t.rowOrLast(tile*tileRows+i), tile*tileRows*groups
			amd64.PackRow(&t.Q[(at+i)*quant.ActivationGroup], &t.Scale[at+i], &t.Sum[at+i], &t.Sum16[2*at+i],
				&t.Start[at+i], &t.Start16[2*at+i], &row.Q[0], &row.Scale[0], &row.Sum[0], &row.Sum16[0],
				groups, tileRows, bias)
		}
	}
}

// packFloats4 and packFloats6 pack tiles of 4 and 6 rows as [column][row].
func packFloats4(t *Tiles, tile int) {
	x := func(i int) *float32 { return &t.rowOrLast(tile*4 + i).X[0] }
	amd64.Interleave4(&t.F[tile*4*t.Cols], x(0), x(1), x(2), x(3), t.Cols)
}

func packFloats6(t *Tiles, tile int) {
	x := func(i int) *float32 { return &t.rowOrLast(tile*6 + i).X[0] }
	amd64.Interleave6(&t.F[tile*6*t.Cols], x(0), x(1), x(2), x(3), x(4), x(5), t.Cols)
}
