package amd64

// Quantize turns groups of 32 activations into int8 with a scale, and the scaled
// sums of each group and half group: quant.QuantizeRow, bit for bit.
//
//go:noescape
func Quantize(q *int8, scale, sum, sum16, x *float32, groups int)
