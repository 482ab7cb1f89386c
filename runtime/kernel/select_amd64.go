package kernel

import (
	"golang.org/x/sys/cpu"

	"llamad/amd64"
	"llamad/runtime/quant"
)

func assembly() []*Set { return []*Set{&avx512vnni, &avx2} }

// Every CPU with the first of these has the others, but for odd virtual machines.
var hasAVX2 = cpu.X86.HasAVX2 && cpu.X86.HasFMA && cpu.X86.HasF16C

var avx512vnni = func() Set {
	s := Set{
		Name:  "avx512vnni",
		Chips: "Ice Lake, Zen 4 and later",
		Usable: hasAVX2 && cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL &&
			cpu.X86.HasAVX512VNNI,
		PanelRows: 32, TileRows: 6,
		KBlock:     1024, // a panel and a tile are 42 KB of the 48 KB of L1
		WeightBias: 128,
		PackFloat:  packFloats6,
	}
	c := class{
		blocks: map[quant.Type]blockCallees{
			quant.Q8_0:  {amd64.GemvVNNIQ8_0, amd64.UnpackVNNIQ8_0},
			quant.Q4_0:  {amd64.GemvVNNIQ4_0, amd64.UnpackVNNIQ4_0},
			quant.Q4_1:  {amd64.GemvVNNIQ4_1, amd64.UnpackVNNIQ4_1},
			quant.Q5_0:  {amd64.GemvVNNIQ5_0, amd64.UnpackVNNIQ5_0},
			quant.Q5_1:  {amd64.GemvVNNIQ5_1, amd64.UnpackVNNIQ5_1},
			quant.IQ4NL: {amd64.GemvVNNIIQ4_NL, amd64.UnpackVNNIIQ4_NL},
			quant.Q2_K:  {amd64.GemvVNNIQ2_K, amd64.UnpackVNNIQ2_K},
			quant.Q3_K:  {amd64.GemvVNNIQ3_K, amd64.UnpackVNNIQ3_K},
			quant.Q4_K:  {amd64.GemvVNNIQ4_K, amd64.UnpackVNNIQ4_K},
			quant.Q5_K:  {amd64.GemvVNNIQ5_K, amd64.UnpackVNNIQ5_K},
			quant.Q6_K:  {amd64.GemvVNNIQ6_K, amd64.UnpackVNNIQ6_K},
		},
		floats: map[quant.Type]floatCallees{
			quant.F32:  {amd64.GemvVNNIF32, amd64.UnpackVNNIF32},
			quant.F16:  {amd64.GemvVNNIF16, amd64.UnpackVNNIF16},
			quant.BF16: {amd64.GemvVNNIBF16, amd64.UnpackVNNIBF16},
		},
		gemms: gemms{
			by32: amd64.GemmVNNIBy32, by32Min: amd64.GemmVNNIBy32Min,
			by16: amd64.GemmVNNIBy16, by16Min: amd64.GemmVNNIBy16Min,
		},
		gemmFloat: amd64.GemmVNNIFloat, unpackColumns: amd64.UnpackVNNIColumns,
		scores: amd64.ScoresVNNI, mix: amd64.MixVNNI, softmax: amd64.SoftmaxVNNI, swiGLU: amd64.SwiGLUVNNI,
	}
	return classAMD64(s, c)
}()

var avx2 = func() Set {
	s := Set{
		Name:      "avx2",
		Chips:     "Haswell, Zen and later",
		Usable:    hasAVX2,
		PanelRows: 8, TileRows: 4,
		KBlock:     1024, // a panel and a tile are 14 KB of the 32 KB of L1
		WeightBias: 32,
		PackFloat:  packFloats4,
	}
	c := class{
		blocks: map[quant.Type]blockCallees{
			quant.Q8_0:  {amd64.GemvAVX2Q8_0, amd64.UnpackAVX2Q8_0},
			quant.Q4_0:  {amd64.GemvAVX2Q4_0, amd64.UnpackAVX2Q4_0},
			quant.Q4_1:  {amd64.GemvAVX2Q4_1, amd64.UnpackAVX2Q4_1},
			quant.Q5_0:  {amd64.GemvAVX2Q5_0, amd64.UnpackAVX2Q5_0},
			quant.Q5_1:  {amd64.GemvAVX2Q5_1, amd64.UnpackAVX2Q5_1},
			quant.IQ4NL: {amd64.GemvAVX2IQ4_NL, amd64.UnpackAVX2IQ4_NL},
			quant.Q2_K:  {amd64.GemvAVX2Q2_K, amd64.UnpackAVX2Q2_K},
			quant.Q3_K:  {amd64.GemvAVX2Q3_K, amd64.UnpackAVX2Q3_K},
			quant.Q4_K:  {amd64.GemvAVX2Q4_K, amd64.UnpackAVX2Q4_K},
			quant.Q5_K:  {amd64.GemvAVX2Q5_K, amd64.UnpackAVX2Q5_K},
			quant.Q6_K:  {amd64.GemvAVX2Q6_K, amd64.UnpackAVX2Q6_K},
		},
		floats: map[quant.Type]floatCallees{
			quant.F32:  {amd64.GemvAVX2F32, amd64.UnpackAVX2F32},
			quant.F16:  {amd64.GemvAVX2F16, amd64.UnpackAVX2F16},
			quant.BF16: {amd64.GemvAVX2BF16, amd64.UnpackAVX2BF16},
		},
		gemms: gemms{
			by32: amd64.GemmAVX2By32, by32Min: amd64.GemmAVX2By32Min,
			by16: amd64.GemmAVX2By16, by16Min: amd64.GemmAVX2By16Min,
			by32Wide: amd64.GemmAVX2By32Wide,
		},
		gemmFloat: amd64.GemmAVX2Float, unpackColumns: amd64.UnpackAVX2Columns,
		scores: amd64.ScoresAVX2, mix: amd64.MixAVX2, softmax: amd64.SoftmaxAVX2, swiGLU: amd64.SwiGLUAVX2,
	}
	return classAMD64(s, c)
}()

func classAMD64(s Set, c class) Set {
	c.quantize, c.narrow, c.widen = amd64.Quantize, amd64.Narrow, amd64.Widen
	c.rmsNorm, c.ropePairs, c.ropeHalves, c.add = amd64.RMSNorm, amd64.RopePairs, amd64.RopeHalves, amd64.Add
	c.fill(&s)
	for t := range c.blocks {
		s.Gemv[t] = ofFourGroups(s.Gemv[t], Portable.Gemv[t])
	}
	for t := range c.floats {
		f, _ := quant.Lookup(t)
		s.Unpack[t] = ofEightColumns(s.Unpack[t], f, s.PanelRows)
	}
	s.Pack = packWith(s.TileRows, s.WeightBias)
	return s
}

// ofFourGroups is gemv, which wants four groups of columns at least, or portable.
func ofFourGroups(gemv, portable func(y []float32, w []byte, stride int, x *quant.Row)) func(y []float32, w []byte, stride int, x *quant.Row) {
	return func(y []float32, w []byte, stride int, x *quant.Row) {
		if len(x.Q) < 4*quant.ActivationGroup {
			portable(y, w, stride, x)
			return
		}
		gemv(y, w, stride, x)
	}
}

// ofEightColumns is unpack, which wants a multiple of eight columns, or does the
// same in Go: no matrix of today's models needs that.
func ofEightColumns(unpack func(p *Panel, w []byte, stride int), f *quant.Format, rows int) func(p *Panel, w []byte, stride int) {
	return func(p *Panel, w []byte, stride int) {
		if p.Cols%8 == 0 {
			unpack(p, w, stride)
			return
		}
		row := make([]float32, p.Cols)
		for r := range rows {
			f.Dequantize(row, w[r*stride:])
			for c, v := range row {
				p.F[c*rows+r] = v
			}
		}
	}
}
