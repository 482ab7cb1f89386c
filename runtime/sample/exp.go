package sample

import "math"

// exp is e^x to within 8e-9 of itself, for x <= 0 and moderate x above. math.Exp is not the
// same to the last bit on every architecture, and a draw has to be.
//
// x = k ln 2 + r with |r| <= ln(2)/2, and e^r is its Taylor polynomial of degree 7,
// whose first missing term is 0.347^8 / 8! = 5e-9, against an e^r of at least 0.7.
func exp(x float64) float64 {
	const (
		log2e = 1.44269504088896338700
		// ln 2 in two parts: k times the upper one, which ends in zeros, is exact.
		ln2High = 6.93147180369123816490e-01
		ln2Low  = 1.90821492927058770002e-10
	)
	if !(x > -700) { // also NaN: a candidate of no worth
		return 0
	}
	k := math.Floor(float64(x*log2e) + 0.5)
	r := x - float64(k*ln2High) - float64(k*ln2Low)
	p := float64(r*(1.0/5040)) + 1.0/720
	p = float64(r*p) + 1.0/120
	p = float64(r*p) + 1.0/24
	p = float64(r*p) + 1.0/6
	p = float64(r*p) + 0.5
	p = float64(r*p) + 1
	p = float64(r*p) + 1
	return float64(p * math.Float64frombits(uint64(int64(k)+1023)<<52))
}
