package kernel

import "llamad/runtime/quant"

// class is what an assembly package gives for one kind of CPU.
type class struct {
	blocks map[quant.Type]blockCallees // integer formats
	floats map[quant.Type]floatCallees // float formats
	gemms  gemms

	gemmFloat     gemmFloatCallee
	unpackColumns unpackColumnsCallee

	quantize              quantizeCallee
	scores                scoresCallee
	mix                   mixCallee
	narrow                narrowCallee
	widen                 widenCallee
	rmsNorm               rmsNormCallee
	ropePairs, ropeHalves pairwiseCallee
	swiGLU, add           pairwiseCallee
	softmax               softmaxCallee
}

type (
	blockCallees struct {
		gemv   gemvCallee
		unpack unpackCallee
	}
	floatCallees struct {
		gemv   gemvFloatCallee
		unpack unpackFloatCallee
	}
)

// fill gives s, whose shapes are known, the functions of the class.
func (c *class) fill(s *Set) {
	for t, call := range c.blocks {
		f, _ := quant.Lookup(t)
		s.Gemv[t] = gemvWith(f, call.gemv)
		s.Unpack[t] = unpackWith(f, s.PanelRows, call.unpack)
		s.names[t] = namesOf(call.gemv, c.gemms.forFormat(f))
	}
	for t, call := range c.floats {
		f, _ := quant.Lookup(t)
		s.Gemv[t] = gemvFloatWith(f, call.gemv)
		s.Unpack[t] = unpackFloatWith(f, s.PanelRows, call.unpack)
		s.names[t] = namesOf(call.gemv, c.gemmFloat)
	}
	s.Gemm = gemmWith(s.TileRows, c.gemms)
	s.GemmFloat = gemmFloatWith(s.TileRows, c.gemmFloat)
	s.UnpackColumns = unpackColumnsWith(s.PanelRows, c.unpackColumns)
	s.Quantize = quantizeWith(c.quantize)
	s.Scores = scoresWith(c.scores)
	s.Mix = mixWith(c.mix)
	s.Narrow = narrowWith(c.narrow)
	s.Widen = widenWith(c.widen)
	s.RMSNorm = rmsNormWith(c.rmsNorm)
	s.RopePairs = ropeWith(portableRopePairs, c.ropePairs)
	s.RopeHalves = ropeWith(portableRopeHalves, c.ropeHalves)
	s.SwiGLU = swiGLUWith(c.swiGLU)
	s.Softmax = softmaxWith(c.softmax)
	s.Add = addWith(c.add)
}
