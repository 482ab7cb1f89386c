package model

import "math"

// Config is the blueprint of a model, from its file's keys.
type Config struct {
	Architecture string
	Layers       int
	Dim          int // width of the residual stream
	Hidden       int // width of the feed-forward layer
	Heads        int // query heads
	KVHeads      int // key and value heads; Heads is a multiple of it
	HeadDim      int
	Vocab        int
	Context      int // positions the model was trained for
	Eps          float32
	Rope         Rope
}

// KVDim is the width of a position's keys, and of its values, in one layer.
func (c *Config) KVDim() int { return c.KVHeads * c.HeadDim }

// QDim is the width of all query heads together.
func (c *Config) QDim() int { return c.Heads * c.HeadDim }

// Rope says how positions turn queries and keys (Su et al., "RoFormer").
type Rope struct {
	Dims    int       // numbers of each head that are turned, even, at most HeadDim
	Base    float64   // the angle of pair i is position * Base^(-2i/Dims)
	Scale   float64   // positions are multiplied by this: 1, or 1/factor of linear scaling
	Factors []float32 // Llama 3's rope_freqs.weight, (Dims/2): the angle of pair i is divided by it; nil is all ones
	Halves  bool      // pairs are (i, i+Dims/2) as in qwen2, not (2i, 2i+1) as in GGUF's llama
}

// Angles writes the cosine and sine of each pair at a position to t, (Dims).
func (r *Rope) Angles(t []float32, position int) {
	for i := range r.Dims / 2 {
		angle := float64(position) * r.Scale * math.Pow(r.Base, -2*float64(i)/float64(r.Dims))
		if r.Factors != nil {
			angle /= float64(r.Factors[i])
		}
		sin, cos := math.Sincos(angle)
		t[2*i], t[2*i+1] = float32(cos), float32(sin)
	}
}
