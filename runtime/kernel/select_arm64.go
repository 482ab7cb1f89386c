package kernel

import (
	"unsafe"

	"golang.org/x/sys/cpu"

	"llamad/arm64"
	"llamad/runtime/quant"
)

func assembly() []*Set { return []*Set{&dotprod, &neon} }

// Both classes multiply panels of 8 rows by tiles of 4 and share all but the int8
// products.
const (
	panelRowsARM64 = 8
	tileRowsARM64  = 4
)

var dotprod = func() Set {
	s := Set{
		Name:      "dotprod",
		Chips:     "Cortex-A76: Raspberry Pi 5",
		Usable:    cpu.ARM64.HasASIMDDP,
		PanelRows: panelRowsARM64, TileRows: tileRowsARM64,
		KBlock: 2048, // a panel and a tile are 27 KB of the 64 KB of L1
		Pack:   packDot, PackFloat: packFloatARM64,
	}
	c := class{
		blocks: map[quant.Type]blockCallees{
			quant.Q8_0:  {arm64.GemvDotQ8_0, arm64.UnpackDotQ8_0},
			quant.Q4_0:  {arm64.GemvDotQ4_0, arm64.UnpackDotQ4_0},
			quant.Q4_1:  {arm64.GemvDotQ4_1, arm64.UnpackDotQ4_1},
			quant.Q5_0:  {arm64.GemvDotQ5_0, arm64.UnpackDotQ5_0},
			quant.Q5_1:  {arm64.GemvDotQ5_1, arm64.UnpackDotQ5_1},
			quant.IQ4NL: {arm64.GemvDotIQ4NL, arm64.UnpackDotIQ4NL},
			quant.Q2_K:  {arm64.GemvDotQ2K, arm64.UnpackDotQ2K},
			quant.Q3_K:  {arm64.GemvDotQ3K, arm64.UnpackDotQ3K},
			quant.Q4_K:  {arm64.GemvDotQ4K, arm64.UnpackDotQ4K},
			quant.Q5_K:  {arm64.GemvDotQ5K, arm64.UnpackDotQ5K},
			quant.Q6_K:  {arm64.GemvDotQ6K, arm64.UnpackDotQ6K},
		},
		gemms: gemms{by32: arm64.GemmDot32, by32Min: arm64.GemmDot32Min, by16: arm64.GemmDot16, by16Min: arm64.GemmDot16Min},
	}
	return classARM64(s, c)
}()

var neon = func() Set {
	s := Set{
		Name:      "neon",
		Chips:     "Cortex-A72, A53: Raspberry Pi 4, 3, Zero 2 W",
		Usable:    cpu.ARM64.HasASIMD,
		PanelRows: panelRowsARM64, TileRows: tileRowsARM64,
		KBlock: 1024, // a panel and a tile are 14 KB of the 32 KB of L1
		Pack:   packNeon, PackFloat: packFloatARM64,
	}
	c := class{
		blocks: map[quant.Type]blockCallees{
			quant.Q8_0:  {arm64.GemvNeonQ8_0, arm64.UnpackNeonQ8_0},
			quant.Q4_0:  {arm64.GemvNeonQ4_0, arm64.UnpackNeonQ4_0},
			quant.Q4_1:  {arm64.GemvNeonQ4_1, arm64.UnpackNeonQ4_1},
			quant.Q5_0:  {arm64.GemvNeonQ5_0, arm64.UnpackNeonQ5_0},
			quant.Q5_1:  {arm64.GemvNeonQ5_1, arm64.UnpackNeonQ5_1},
			quant.IQ4NL: {arm64.GemvNeonIQ4NL, arm64.UnpackNeonIQ4NL},
			quant.Q2_K:  {arm64.GemvNeonQ2K, arm64.UnpackNeonQ2K},
			quant.Q3_K:  {arm64.GemvNeonQ3K, arm64.UnpackNeonQ3K},
			quant.Q4_K:  {arm64.GemvNeonQ4K, arm64.UnpackNeonQ4K},
			quant.Q5_K:  {arm64.GemvNeonQ5K, arm64.UnpackNeonQ5K},
			quant.Q6_K:  {arm64.GemvNeonQ6K, arm64.UnpackNeonQ6K},
		},
		gemms: gemms{by32: arm64.GemmNeon32, by32Min: arm64.GemmNeon32Min, by16: arm64.GemmNeon16, by16Min: arm64.GemmNeon16Min},
	}
	return classARM64(s, c)
}()

func classARM64(s Set, c class) Set {
	c.floats = map[quant.Type]floatCallees{
		quant.F32:  {arm64.GemvNeonF32, arm64.UnpackNeonF32},
		quant.F16:  {arm64.GemvNeonF16, arm64.UnpackNeonF16},
		quant.BF16: {arm64.GemvNeonBF16, arm64.UnpackNeonBF16},
	}
	c.gemmFloat, c.unpackColumns = arm64.GemmNeonFloat, arm64.UnpackColumns
	c.quantize, c.scores, c.mix, c.narrow = arm64.Quantize, scoresARM64, arm64.Mix, arm64.Narrow
	c.widen = arm64.Widen
	c.rmsNorm, c.ropePairs, c.ropeHalves = arm64.RMSNorm, arm64.RopePairs, arm64.RopeHalves
	c.swiGLU, c.softmax, c.add = arm64.SwiGLU, arm64.Softmax, arm64.Add
	c.fill(&s)
	return s
}

// scoresARM64 multiplies keys as if they were weights.
func scoresARM64(s, q *float32, k *uint16, stride, n, dim int) {
	arm64.GemvNeonF16(s, (*byte)(unsafe.Pointer(k)), stride, n, dim, q)
}
