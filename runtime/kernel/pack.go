package kernel

import "llamad/runtime/quant"

// The orders in which classes want a tile of activations. In all of them a
// group of 32 columns of all TileRows rows lies together, its scales as
// Scale[group][row], its sums as Sum[group][row] and Sum16[half group][row], and
// floats as F[column][row]. They differ in the order of the int8 values.

// packWords interleaves rows by four bytes, Q[group][word][row][4]: a vector
// holds the same four columns of four rows, one row a lane, as SDOT by element
// wants them.
func packWords(tileRows int) func(t *Tiles, tile int) {
	return func(t *Tiles, tile int) {
		q, groups := t.Q[tile*tileRows*t.Cols:], t.Cols/quant.ActivationGroup
		for r := range tileRows {
			row := t.row(tile*tileRows + r)
			for w := range groups * 8 {
				to := q[(w*tileRows+r)*4:][:4]
				if row == nil {
					clear(to)
					continue
				}
				copy(to, row.Q[w*4:])
			}
		}
		packScales(t, tile, tileRows)
	}
}

// packGroups keeps the 32 values of a row's group together, Q[group][row][32].
func packGroups(tileRows int) func(t *Tiles, tile int) {
	return func(t *Tiles, tile int) {
		q, groups := t.Q[tile*tileRows*t.Cols:], t.Cols/quant.ActivationGroup
		for r := range tileRows {
			row := t.row(tile*tileRows + r)
			for g := range groups {
				to := q[(g*tileRows+r)*32:][:32]
				if row == nil {
					clear(to)
					continue
				}
				copy(to, row.Q[g*32:])
			}
		}
		packScales(t, tile, tileRows)
	}
}

func packScales(t *Tiles, tile, tileRows int) {
	n := tileRows * t.Cols / quant.ActivationGroup
	scale, sum, sum16 := t.Scale[tile*n:][:n], t.Sum[tile*n:][:n], t.Sum16[tile*2*n:][:2*n]
	for r := range tileRows {
		row := t.row(tile*tileRows + r)
		if row == nil {
			row = &zeroRow
		}
		spread(scale[r:], row.Scale, tileRows)
		spread(sum[r:], row.Sum, tileRows)
		spread(sum16[r:], row.Sum16, tileRows)
	}
}

// zeroRow stands in for the rows that fill up the last tile.
var zeroRow quant.Row

// spread writes src, and zeros where it ends, to every step-th place of dst.
func spread(dst, src []float32, step int) {
	for i := 0; i*step < len(dst); i++ {
		var v float32
		if i < len(src) {
			v = src[i]
		}
		dst[i*step] = v
	}
}

func packFloats(tileRows int) func(t *Tiles, tile int) {
	return func(t *Tiles, tile int) {
		f := t.F[tile*tileRows*t.Cols:][:tileRows*t.Cols]
		for r := range tileRows {
			row := t.row(tile*tileRows + r)
			if row == nil {
				row = &zeroRow
			}
			spread(f[r:], row.X, tileRows)
		}
	}
}

// row is row i of the batch, nil beyond its end.
func (t *Tiles) row(i int) *quant.Row {
	if i >= len(t.Rows) {
		return nil
	}
	return &t.Rows[i]
}
