package model

import "llamad/runtime/kernel"

// planeF16 keeps two bytes a number and is read where it lies.
type planeF16 struct {
	x               []uint16
	layer, row      int // distances, in numbers
	layers, headDim int
}

func newPlaneF16(c *Config, positions int, m Memory) plane {
	p := &planeF16{row: c.KVDim(), layer: positions * c.KVDim(), layers: c.Layers, headDim: c.HeadDim}
	m.Uint16s(&p.x, c.Layers*p.layer)
	return p
}

func (p *planeF16) put(s *kernel.Set, _ *workspace, layer, position int, x []float32) {
	s.Narrow(p.x[layer*p.layer+position*p.row:][:p.row], x)
}

func (p *planeF16) rows(_ *kernel.Set, _ *workspace, layer, head, from, to int) ([]uint16, int) {
	at := layer*p.layer + head*p.headDim
	return p.x[at+from*p.row : at+(to-1)*p.row+p.headDim], p.row
}

func (p *planeF16) stretch(s *kernel.Set) int { return s.KBlock }

func (p *planeF16) copyPrefix(from plane, n int) {
	f := from.(*planeF16)
	for l := range p.layers {
		copy(p.x[l*p.layer:][:n*p.row], f.x[l*f.layer:][:n*f.row])
	}
}
