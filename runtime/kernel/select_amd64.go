package kernel

import (
	"golang.org/x/sys/cpu"

	"llamad/amd64"
	"llamad/runtime/quant"
)

func assembly() []*Set { return []*Set{&avx512vnni, &avx2} }

// Every CPU with the one of these has the others, but for odd virtual machines.
var hasAVX2 = cpu.X86.HasAVX2 && cpu.X86.HasFMA && cpu.X86.HasF16C

var avx512vnni = amd64Class(Set{
	Name:  "avx512vnni",
	Chips: "Ice Lake, Zen 4 and later",
	Usable: hasAVX2 && cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL &&
		cpu.X86.HasAVX512VNNI,
	PanelRows: 32, TileRows: 6,
	KBlock:     1024, // a panel and a tile are 42 KB of the 48 KB of L1
	WeightBias: 128,
	PackFloat:  packFloats6,
}, map[quant.Type]blocksAMD64{
	quant.Q8_0:  {amd64.GemvVNNIQ8_0, amd64.UnpackVNNIQ8_0},
	quant.Q4_0:  {amd64.GemvVNNIQ4_0, amd64.UnpackVNNIQ4_0},
	quant.Q4_1:  {amd64.GemvVNNIQ4_1, amd64.UnpackVNNIQ4_1},
	quant.Q5_0:  {amd64.GemvVNNIQ5_0, amd64.UnpackVNNIQ5_0},
	quant.Q5_1:  {amd64.GemvVNNIQ5_1, amd64.UnpackVNNIQ5_1},
	quant.IQ4NL: {amd64.GemvVNNIIQ4_NL, amd64.UnpackVNNIIQ4_NL},
	quant.Q5_K:  {amd64.GemvVNNIQ5_K, amd64.UnpackVNNIQ5_K},
	quant.Q6_K:  {amd64.GemvVNNIQ6_K, amd64.UnpackVNNIQ6_K},
	quant.Q3_K:  {amd64.GemvVNNIQ3_K, amd64.UnpackVNNIQ3_K},
	quant.Q2_K:  {amd64.GemvVNNIQ2_K, amd64.UnpackVNNIQ2_K},
	quant.Q4_K:  {amd64.GemvVNNIQ4_K, amd64.UnpackVNNIQ4_K},
}, map[quant.Type]floatsAMD64{
	quant.F32:  {amd64.GemvVNNIF32, amd64.UnpackVNNIF32},
	quant.F16:  {amd64.GemvVNNIF16, amd64.UnpackVNNIF16},
	quant.BF16: {amd64.GemvVNNIBF16, amd64.UnpackVNNIBF16},
}, gemms{
	by32: amd64.GemmVNNIBy32, by32Min: amd64.GemmVNNIBy32Min,
	by16: amd64.GemmVNNIBy16, by16Min: amd64.GemmVNNIBy16Min,
}, amd64.GemmVNNIFloat, amd64.UnpackVNNIColumns)

var avx2 = amd64Class(Set{
	Name:      "avx2",
	Chips:     "Haswell, Zen and later",
	Usable:    hasAVX2,
	PanelRows: 8, TileRows: 4,
	KBlock:     1024, // a panel and a tile are 14 KB of the 32 KB of L1
	WeightBias: 32,
	PackFloat:  packFloats4,
}, map[quant.Type]blocksAMD64{
	quant.Q8_0:  {amd64.GemvAVX2Q8_0, amd64.UnpackAVX2Q8_0},
	quant.Q4_0:  {amd64.GemvAVX2Q4_0, amd64.UnpackAVX2Q4_0},
	quant.Q4_1:  {amd64.GemvAVX2Q4_1, amd64.UnpackAVX2Q4_1},
	quant.Q5_0:  {amd64.GemvAVX2Q5_0, amd64.UnpackAVX2Q5_0},
	quant.Q5_1:  {amd64.GemvAVX2Q5_1, amd64.UnpackAVX2Q5_1},
	quant.IQ4NL: {amd64.GemvAVX2IQ4_NL, amd64.UnpackAVX2IQ4_NL},
	quant.Q5_K:  {amd64.GemvAVX2Q5_K, amd64.UnpackAVX2Q5_K},
	quant.Q6_K:  {amd64.GemvAVX2Q6_K, amd64.UnpackAVX2Q6_K},
	quant.Q3_K:  {amd64.GemvAVX2Q3_K, amd64.UnpackAVX2Q3_K},
	quant.Q2_K:  {amd64.GemvAVX2Q2_K, amd64.UnpackAVX2Q2_K},
	quant.Q4_K:  {amd64.GemvAVX2Q4_K, amd64.UnpackAVX2Q4_K},
}, map[quant.Type]floatsAMD64{
	quant.F32:  {amd64.GemvAVX2F32, amd64.UnpackAVX2F32},
	quant.F16:  {amd64.GemvAVX2F16, amd64.UnpackAVX2F16},
	quant.BF16: {amd64.GemvAVX2BF16, amd64.UnpackAVX2BF16},
}, gemms{
	by32: amd64.GemmAVX2By32, by32Min: amd64.GemmAVX2By32Min,
	by16: amd64.GemmAVX2By16, by16Min: amd64.GemmAVX2By16Min,
	by32Wide: amd64.GemmAVX2By32Wide,
}, amd64.GemmAVX2Float, amd64.UnpackAVX2Columns)

// blocksAMD64 and floatsAMD64 are what a class does with a format's weights.
type (
	blocksAMD64 struct {
		gemv   gemvCallee
		unpack unpackCallee
	}
	floatsAMD64 struct {
		gemv   gemvFloatCallee
		unpack unpackFloatCallee
	}
)

func amd64Class(s Set, blocks map[quant.Type]blocksAMD64, floats map[quant.Type]floatsAMD64,
	g gemms, float gemmFloatCallee, columns unpackColumnsCallee) Set {
	class := Portable
	class.Name, class.Chips, class.Usable = s.Name, s.Chips, s.Usable
	class.PanelRows, class.TileRows, class.KBlock, class.WeightBias = s.PanelRows, s.TileRows, s.KBlock, s.WeightBias
	for _, f := range quant.Formats() {
		if !f.Integer() {
			call := floats[f.Type]
			class.Gemv[f.Type] = gemvFloatWith(f, call.gemv)
			class.Unpack[f.Type] = unpackFloatWith(f, s.PanelRows, call.unpack)
			class.names[f.Type] = namesOf(call.gemv, float)
			continue
		}
		class.names[f.Type] = namesOf(blocks[f.Type].gemv, g.forFormat(f))
		call := blocks[f.Type]
		class.Gemv[f.Type] = gemvOfFour(f, call.gemv)
		class.Unpack[f.Type] = unpackWith(f, s.PanelRows, call.unpack)
	}
	class.Pack, class.PackFloat = packWith(s.TileRows, s.WeightBias), s.PackFloat
	class.Gemm = gemmWith(s.TileRows, g)
	class.GemmFloat = gemmFloatWith(s.TileRows, float)
	class.UnpackColumns = unpackColumnsWith(s.PanelRows, columns)
	class.Quantize = quantizeWith(amd64.Quantize)
	class.Scores = scoresWith(amd64.Scores)
	class.Mix = mixWith(amd64.Mix)
	class.Narrow = narrowWith(amd64.Narrow)
	class.Widen = widenWith(amd64.Widen)
	class.RMSNorm = rmsNormWith(amd64.RMSNorm)
	class.RopePairs = ropeWith(portableRopePairs, amd64.RopePairs)
	class.RopeHalves = ropeWith(portableRopeHalves, amd64.RopeHalves)
	class.SwiGLU = swiGLUWith(amd64.SwiGLU)
	class.Softmax = softmaxWith(amd64.Softmax)
	class.Add = addWith(amd64.Add)
	return class
}

// gemvOfFour is gemvWith for functions that want four groups of columns at least.
func gemvOfFour(f *quant.Format, call gemvCallee) func(y []float32, w []byte, stride int, x *quant.Row) {
	gemv, portable := gemvWith(f, call), Portable.Gemv[f.Type]
	return func(y []float32, w []byte, stride int, x *quant.Row) {
		if len(x.Q) < 4*quant.ActivationGroup {
			portable(y, w, stride, x)
			return
		}
		gemv(y, w, stride, x)
	}
}
