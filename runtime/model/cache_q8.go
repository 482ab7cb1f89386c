package model

import (
	"encoding/binary"

	"llamad/runtime/kernel"
	"llamad/runtime/quant"
)

// planeQ8 keeps Q8_0 blocks, 34 bytes for 32 numbers: a little over half of f16.
// They are widened a stretch at a time, once for all queries of a block.
type planeQ8 struct {
	x               []byte
	layer, row      int // distances, in bytes
	head            int // bytes of a head's numbers
	layers, headDim int
}

// stretchQ8 is how many positions are widened at a time: 256 of 64 numbers are
// 32 KiB as f16, which stay in the L2 cache and mostly in the L1.
const stretchQ8 = 256

var q8, _ = quant.Lookup(quant.Q8_0)

func newPlaneQ8(c *Config, positions int, m Memory) plane {
	p := &planeQ8{row: q8.RowBytes(c.KVDim()), head: q8.RowBytes(c.HeadDim), layers: c.Layers, headDim: c.HeadDim}
	p.layer = positions * p.row
	m.Bytes(&p.x, c.Layers*p.layer)
	return p
}

func (p *planeQ8) put(s *kernel.Set, w *workspace, layer, position int, x []float32) {
	s.Quantize(&w.kv, x)
	to := p.x[layer*p.layer+position*p.row:][:p.row]
	for g, scale := range w.kv.Scale {
		b := to[g*q8.BlockBytes:][:q8.BlockBytes]
		binary.LittleEndian.PutUint16(b, quant.ToF16(scale))
		for i, q := range w.kv.Q[g*32 : g*32+32] {
			b[2+i] = byte(q)
		}
	}
}

func (p *planeQ8) rows(s *kernel.Set, w *workspace, layer, head, from, to int) ([]uint16, int) {
	x := w.widened[:(to-from)*p.headDim]
	s.Widen(x, p.x[layer*p.layer+from*p.row+head*p.head:], p.row, p.headDim)
	return x, p.headDim
}

func (p *planeQ8) stretch(*kernel.Set) int { return stretchQ8 }

func (p *planeQ8) copyPrefix(from plane, n int) {
	f := from.(*planeQ8)
	for l := range p.layers {
		copy(p.x[l*p.layer:][:n*p.row], f.x[l*f.layer:][:n*f.row])
	}
}
