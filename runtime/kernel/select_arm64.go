package kernel

import (
	"golang.org/x/sys/cpu"

	"llamad/arm64"
	"llamad/runtime/quant"
)

func assembly() []*Set { return []*Set{&dotprod, &neon} }

var dotprod = arm64Class(Set{
	Name:   "dotprod",
	Chips:  "Cortex-A76: Raspberry Pi 5",
	Usable: cpu.ARM64.HasASIMDDP,
	KBlock: 2048, // a panel and a tile are 24 KB of the 64 KB of L1
	Pack:   packDot,
}, blocksARM64{
	gemv:   map[quant.Type]gemvCallee{quant.Q8_0: arm64.GemvDotQ8_0, quant.Q4_0: arm64.GemvDotQ4_0, quant.Q4_1: arm64.GemvDotQ4_1, quant.Q5_0: arm64.GemvDotQ5_0, quant.Q5_1: arm64.GemvDotQ5_1, quant.IQ4NL: arm64.GemvDotIQ4NL, quant.Q2_K: arm64.GemvDotQ2K, quant.Q3_K: arm64.GemvDotQ3K, quant.Q4_K: arm64.GemvDotQ4K, quant.Q5_K: arm64.GemvDotQ5K, quant.Q6_K: arm64.GemvDotQ6K},
	unpack: map[quant.Type]unpackCallee{quant.Q8_0: arm64.UnpackDotQ8_0, quant.Q4_0: arm64.UnpackDotQ4_0, quant.Q4_1: arm64.UnpackDotQ4_1, quant.Q5_0: arm64.UnpackDotQ5_0, quant.Q5_1: arm64.UnpackDotQ5_1, quant.IQ4NL: arm64.UnpackDotIQ4NL, quant.Q2_K: arm64.UnpackDotQ2K, quant.Q3_K: arm64.UnpackDotQ3K, quant.Q4_K: arm64.UnpackDotQ4K, quant.Q5_K: arm64.UnpackDotQ5K, quant.Q6_K: arm64.UnpackDotQ6K},
	gemms:  gemms{by32: arm64.GemmDot32, by32Min: arm64.GemmDot32Min, by16: arm64.GemmDot16, by16Min: arm64.GemmDot16Min},
	at:     func(r, c, cols int) int { return c/4*16 + r*4 + c%4 },
})

var neon = arm64Class(Set{
	Name:   "neon",
	Chips:  "Cortex-A72, A53: Raspberry Pi 4, 3, Zero 2 W",
	Usable: cpu.ARM64.HasASIMD,
	KBlock: 1024, // a panel and a tile are 12 KB of the 32 KB of L1
	Pack:   packNeon,
}, blocksARM64{
	gemv:   map[quant.Type]gemvCallee{quant.Q8_0: arm64.GemvNeonQ8_0, quant.Q4_0: arm64.GemvNeonQ4_0, quant.Q4_1: arm64.GemvNeonQ4_1, quant.Q5_0: arm64.GemvNeonQ5_0, quant.Q5_1: arm64.GemvNeonQ5_1, quant.IQ4NL: arm64.GemvNeonIQ4NL, quant.Q2_K: arm64.GemvNeonQ2K, quant.Q3_K: arm64.GemvNeonQ3K, quant.Q4_K: arm64.GemvNeonQ4K, quant.Q5_K: arm64.GemvNeonQ5K, quant.Q6_K: arm64.GemvNeonQ6K},
	unpack: map[quant.Type]unpackCallee{quant.Q8_0: arm64.UnpackNeonQ8_0, quant.Q4_0: arm64.UnpackNeonQ4_0, quant.Q4_1: arm64.UnpackNeonQ4_1, quant.Q5_0: arm64.UnpackNeonQ5_0, quant.Q5_1: arm64.UnpackNeonQ5_1, quant.IQ4NL: arm64.UnpackNeonIQ4NL, quant.Q2_K: arm64.UnpackNeonQ2K, quant.Q3_K: arm64.UnpackNeonQ3K, quant.Q4_K: arm64.UnpackNeonQ4K, quant.Q5_K: arm64.UnpackNeonQ5K, quant.Q6_K: arm64.UnpackNeonQ6K},
	gemms:  gemms{by32: arm64.GemmNeon32, by32Min: arm64.GemmNeon32Min, by16: arm64.GemmNeon16, by16Min: arm64.GemmNeon16Min},
	at:     func(r, c, cols int) int { return c/32*128 + r*32 + c%32 },
})

// Both classes multiply panels of 8 rows, in two halves, by tiles of 4.
const (
	panelRowsARM64 = 8
	halfRowsARM64  = 4
	tileRowsARM64  = 4
)

// blocksARM64 is what a class does with blocks of weights.
type blocksARM64 struct {
	gemv   map[quant.Type]gemvCallee
	unpack map[quant.Type]unpackCallee
	gemms  gemms
	at     func(r, c, cols int) int
}

func arm64Class(s Set, b blocksARM64) Set {
	class := Portable
	class.Name, class.Chips, class.Usable, class.KBlock, class.Pack = s.Name, s.Chips, s.Usable, s.KBlock, s.Pack
	class.PanelRows, class.TileRows = panelRowsARM64, tileRowsARM64
	class.Gemm = gemmWith(tileRowsARM64, b.gemms)
	for t, call := range b.gemv {
		f, _ := quant.Lookup(t)
		class.Gemv[t] = gemvWith(f, call)
	}
	class.PackFloat = packFloatARM64
	class.GemmFloat = gemmFloatWith(tileRowsARM64, arm64.GemmNeonFloat)
	class.UnpackColumns = unpackColumnsWith(panelRowsARM64, arm64.UnpackColumns)
	class.Quantize = quantizeWith(arm64.Quantize)
	class.Scores = scoresWith(arm64.Scores)
	class.Mix = mixWith(arm64.Mix)
	class.Narrow = narrowWith(arm64.Narrow)
	class.RMSNorm = rmsNormWith(arm64.RMSNorm)
	class.RopePairs = ropeWith(portableRopePairs, arm64.RopePairs)
	class.RopeHalves = ropeWith(portableRopeHalves, arm64.RopeHalves)
	class.SwiGLU = swiGLUWith(arm64.SwiGLU)
	class.Softmax = softmaxWith(arm64.Softmax)
	class.Add = addWith(arm64.Add)
	for t, call := range map[quant.Type]gemvFloatCallee{quant.F32: arm64.GemvNeonF32, quant.F16: arm64.GemvNeonF16, quant.BF16: arm64.GemvNeonBF16} {
		f, _ := quant.Lookup(t)
		class.Gemv[t] = gemvFloatWith(f, call)
		class.names[t] = namesOf(call, arm64.GemmNeonFloat)
	}
	for _, f := range quant.Formats() {
		if f.Integer() {
			class.names[f.Type] = namesOf(b.gemv[f.Type], b.gemms.forFormat(f))
		}
	}
	class.Unpack = byFormat(func(f *quant.Format) func(p *Panel, w []byte, stride int) {
		switch f.Type {
		case quant.F32:
			return unpackFloatHalves(f, arm64.UnpackNeonF32)
		case quant.F16:
			return unpackFloatHalves(f, arm64.UnpackNeonF16)
		case quant.BF16:
			return unpackFloatHalves(f, arm64.UnpackNeonBF16)
		}
		if call := b.unpack[f.Type]; call != nil {
			return unpackHalves(f, call)
		}
		return func(p *Panel, w []byte, stride int) {
			u := unpackedRows.Get().(*unpackedRow)
			defer unpackedRows.Put(u)
			u.resize(p.Cols)
			buffer := floatRows.Get().(*[]float32)
			defer floatRows.Put(buffer)
			if len(*buffer) < p.Cols {
				*buffer = make([]float32, p.Cols)
			}
			for r := range 8 {
				if !f.Integer() {
					x := (*buffer)[:p.Cols]
					f.Dequantize(x, w[r*stride:])
					for c := range p.Cols {
						p.F[r/4*4*p.Cols+c*4+r%4] = x[c]
					}
					continue
				}
				g := p.Cols / f.Group
				q, sc, mn := u.q[:p.Cols], u.scale[:g], u.min[:g]
				f.Unpack(q, sc, mn, w[r*stride:])
				for c := range p.Cols {
					p.Q[r/4*4*p.Cols+b.at(r%4, c, p.Cols)] = q[c]
				}
				for i := range g {
					p.Scale[r/4*4*g+i*4+r%4], p.Min[r/4*4*g+i*4+r%4] = sc[i], mn[i]
				}
			}
		}
	})
	return class
}

// unpackHalves fills the two halves of a panel.
func unpackHalves(f *quant.Format, call unpackCallee) func(p *Panel, w []byte, stride int) {
	return func(p *Panel, w []byte, stride int) {
		_ = w[(panelRowsARM64-1)*stride+f.RowBytes(p.Cols)-1]
		q, groups := halfRowsARM64*p.Cols, halfRowsARM64*p.Cols/f.Group
		for half := range panelRowsARM64 / halfRowsARM64 {
			var min *float32
			if f.HasMin {
				min = &p.Min[half*groups]
			}
			call(&p.Q[half*q], &p.Scale[half*groups], min, &w[half*halfRowsARM64*stride], stride, p.Cols/quant.ActivationGroup)
		}
	}
}

func unpackFloatHalves(f *quant.Format, call unpackFloatCallee) func(p *Panel, w []byte, stride int) {
	return func(p *Panel, w []byte, stride int) {
		_, _ = w[(panelRowsARM64-1)*stride+f.RowBytes(p.Cols)-1], p.F[panelRowsARM64*p.Cols-1]
		for half := range panelRowsARM64 / halfRowsARM64 {
			call(&p.F[half*halfRowsARM64*p.Cols], &w[half*halfRowsARM64*stride], stride, p.Cols)
		}
	}
}
