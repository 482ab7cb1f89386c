package kernel

import "llamad/runtime/quant"

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
