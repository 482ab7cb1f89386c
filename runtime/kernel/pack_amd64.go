package kernel

import "llamad/runtime/quant"

// A tile holds a group of 32 columns of all its rows together, the scales as
// Scale[group][row], the sums as Sum[group][row] and Sum16[half group][row], and
// floats as F[column][row].

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

// packBiased is packGroups, and where sums start that end without the bias.
func packBiased(tileRows, bias int) func(t *Tiles, tile int) {
	pack := packGroups(tileRows)
	return func(t *Tiles, tile int) {
		pack(t, tile)
		for r := range tileRows {
			row := t.row(tile*tileRows + r)
			if row == nil {
				row = &zeroRow
			}
			for g := range t.Cols / quant.ActivationGroup {
				at := tile*tileRows*t.Cols/quant.ActivationGroup + g*tileRows + r
				var sum [2]int32
				for i := range quant.ActivationGroup {
					if len(row.Q) > 0 {
						sum[i/16] -= int32(bias) * int32(row.Q[g*quant.ActivationGroup+i])
					}
				}
				t.Start[at] = sum[0] + sum[1]
				at += tile*tileRows*t.Cols/quant.ActivationGroup + g*tileRows
				t.Start16[at], t.Start16[at+tileRows] = sum[0], sum[1]
			}
		}
	}
}
