package amd64

// PackRow puts a row of activations in its place in a tile of so many rows, whose
// groups' values, 32 a row, and floats alternate with those of the other rows. It
// adds where sums start of products with weights that have a bias: at minus the
// bias times the sum of the values, by groups of 32 and of 16.
//
//go:noescape
func PackRow(q *int8, scale, sum, sum16 *float32, start, start16 *int32,
	fromQ *int8, fromScale, fromSum, fromSum16 *float32, groups, rows, bias int)
