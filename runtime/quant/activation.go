package quant

import "math"

// ActivationGroup is how many activations share a scale. Coarser groups are
// ruined by the outliers of a transformer's residual stream.
const ActivationGroup = 32

// Row is one row of activations, both as the float kernels and as the int8
// kernels want it. It is made once and read by every matrix of a fused step.
//
// With n activations (a multiple of ActivationGroup for the int8 part):
//
//	X     [n]     f32, as given (a view of the caller's)
//	Q     [n]     int8 in [-127, 127]; never -128, so that two products with any
//	              int8 weight fit int16
//	Scale [n/32]  f32, X ~ Scale*Q
//	Sum   [n/32]  f32, Scale times the sum of the group's Q, for formats with a
//	              minimum per 32 weights
//	Sum16 [n/16]  f32, the same for each half of a group, for a minimum per 16
type Row struct {
	X     []float32
	Q     []int8
	Scale []float32
	Sum   []float32
	Sum16 []float32
}

// RowOver lays a row of n activations over q (n bytes) and f (RowFloats(n)
// floats), which stay the caller's.
func RowOver(q []int8, f []float32, n int) Row {
	g := n / ActivationGroup
	return Row{Q: q[:n:n], Scale: f[:g:g], Sum: f[g : 2*g : 2*g], Sum16: f[2*g : 4*g : 4*g]}
}

// RowFloats is how many floats RowOver needs for n activations.
func RowFloats(n int) int { return 4 * (n / ActivationGroup) }

// tinyAmax is the smallest largest-magnitude that is quantized; below it the
// reciprocal of the scale would overflow, and the group counts as zero.
const tinyAmax = 0x1p-100

// QuantizeRow fills r from x. A group's scale is its largest magnitude over 127;
// each value is x times the reciprocal, rounded to nearest, ties to even. A
// group that holds a NaN or an infinity gets a NaN scale and zero values, so
// that the fault shows in the result instead of vanishing in a conversion.
//
// This is the definition; the assembly gives the same bits.
func QuantizeRow(r *Row, x []float32) {
	r.X = x
	for g := range len(x) / ActivationGroup {
		quantizeGroup(r, g, x[g*ActivationGroup:(g+1)*ActivationGroup])
	}
}

func quantizeGroup(r *Row, g int, x []float32) {
	// Magnitudes compare as integers, and there NaN is larger than infinity and
	// infinity larger than any number.
	var largest uint32
	for _, v := range x {
		largest = max(largest, math.Float32bits(v)&0x7fffffff)
	}
	amax := math.Float32frombits(largest)
	scale, inverse := amax/127, 127/amax
	switch {
	case largest >= 0x7f800000:
		scale, inverse = float32(math.NaN()), 0
	case amax < tinyAmax:
		scale, inverse = 0, 0
	}
	q := r.Q[g*ActivationGroup : (g+1)*ActivationGroup]
	var sum [2]int32
	for i, v := range x {
		q[i] = 0
		if inverse != 0 {
			q[i] = int8(math.RoundToEven(float64(float32(v * inverse))))
		}
		sum[i/16] += int32(q[i])
	}
	r.Scale[g] = scale
	r.Sum[g] = scale * float32(sum[0]+sum[1])
	r.Sum16[2*g] = scale * float32(sum[0])
	r.Sum16[2*g+1] = scale * float32(sum[1])
}
