package sample

import "math"

// LogSoftmax turns logits into log-probabilities, (vocab). It writes over dst,
// which may be logits itself, and returns it, grown where needed.
func LogSoftmax(dst, logits []float32) []float32 {
	if cap(dst) < len(logits) {
		dst = make([]float32, len(logits))
	}
	dst = dst[:len(logits)]
	if len(logits) == 0 {
		return dst
	}
	highest := logits[0]
	for _, v := range logits {
		highest = max(highest, v)
	}
	sum := 0.0
	for _, v := range logits {
		sum += relative(v, highest)
	}
	whole := math.Log(sum)
	for i, v := range logits {
		dst[i] = float32(float64(v) - float64(highest) - whole)
	}
	return dst
}
