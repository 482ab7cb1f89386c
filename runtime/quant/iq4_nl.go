package quant

// IQ4NLValues are the 16 values an IQ4_NL weight can take before its scale,
// denser around zero where weights are (ggml's kvalues_iq4nl).
var IQ4NLValues = [16]int8{-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113}

// IQ4_NL, 32 weights in 18 bytes:
//
//	d  f16      scale
//	qs [16]byte indexes into IQ4NLValues, two a byte
func unpackIQ4NL(q []int8, scale, _ []float32, b []byte) {
	scale[0] = f16At(b)
	for i, v := range b[2:18] {
		q[i] = IQ4NLValues[v&15]
		q[i+16] = IQ4NLValues[v>>4]
	}
}
