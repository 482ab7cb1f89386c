package model

import "llamad/runtime/kernel"

// forTiles calls do for the rows of each tile that is this worker's, and then
// pack, which may be nil, for the tile.
func (s *State) forTiles(worker, workers int, do func(r int), pack func(tile int)) {
	for tile := worker; tile < s.Kernel.TileCount(len(s.rows)); tile += workers {
		for r := tile * s.Kernel.TileRows; r < min((tile+1)*s.Kernel.TileRows, len(s.rows)); r++ {
			do(r)
		}
		if pack != nil {
			pack(tile)
		}
	}
}

func (s *State) embed(worker, workers int) {
	e, dim := &s.model.Embedding, s.model.Dim
	stride := e.Format.RowBytes(e.Cols)
	s.forTiles(worker, workers, func(r int) {
		row := &s.rows[r]
		e.Format.Dequantize(s.x[r*dim:(r+1)*dim], e.Data[int(row.token)*stride:])
		clear(s.o[r*dim : (r+1)*dim])
		dims := s.model.Rope.Dims
		s.model.Rope.Angles(s.rope[r*dims:(r+1)*dims], row.position-row.hidden.len())
	}, nil)
}

func (s *State) attentionInput(worker, workers int) {
	s.forTiles(worker, workers, func(r int) {
		s.in.quantize(r, s.addAndNorm(r, s.layer.AttentionNorm))
	}, s.in.pack)
}

func (s *State) feedForwardInput(worker, workers int) {
	s.forTiles(worker, workers, func(r int) {
		s.in.quantize(r, s.addAndNorm(r, s.layer.FeedForwardNorm))
	}, s.in.pack)
}

func (s *State) finish(worker, workers int) {
	s.forTiles(worker, workers, func(r int) { s.addAndNorm(r, s.model.OutputNorm) }, nil)
}

// addAndNorm adds what the last block came to, and returns the row normalized.
func (s *State) addAndNorm(r int, weight []float32) []float32 {
	dim := s.model.Dim
	x, h := s.x[r*dim:(r+1)*dim], s.h[r*dim:(r+1)*dim]
	s.Kernel.Add(x, s.o[r*dim:(r+1)*dim])
	s.Kernel.RMSNorm(h, x, weight, s.model.Eps)
	return h
}

func (s *State) qkv(worker, workers int) {
	s.project1(s.q, &s.layer.Q, s.layer.QBias, worker, workers)
	s.project1(s.k, &s.layer.K, s.layer.KBias, worker, workers)
	s.project1(s.v, &s.layer.V, s.layer.VBias, worker, workers)
}

// project1 computes this worker's part of y = m h + bias.
func (s *State) project1(y []float32, m *kernel.Matrix, bias []float32, worker, workers int) {
	from, to := s.Kernel.Share(m.Rows, worker, workers)
	s.in.multiply(y, m, from, to, &s.workspaces[worker])
	if bias == nil {
		return
	}
	for r := range s.rows {
		s.Kernel.Add(y[r*m.Rows+from:r*m.Rows+to], bias[from:to])
	}
}

func (s *State) rotate(worker, workers int) {
	c := &s.model.Config
	turn := s.Kernel.RopePairs
	if c.Rope.Halves {
		turn = s.Kernel.RopeHalves
	}
	s.forTiles(worker, workers, func(r int) {
		row := &s.rows[r]
		angles := s.rope[r*c.Rope.Dims : (r+1)*c.Rope.Dims]
		for h := range c.Heads {
			turn(s.q[r*c.QDim()+h*c.HeadDim:][:c.Rope.Dims], angles)
		}
		for h := range c.KVHeads {
			turn(s.k[r*c.KVDim()+h*c.HeadDim:][:c.Rope.Dims], angles)
		}
		w := &s.workspaces[worker]
		row.cache.keys.put(s.Kernel, w, s.layerIndex, row.position, s.k[r*c.KVDim():(r+1)*c.KVDim()])
		row.cache.values.put(s.Kernel, w, s.layerIndex, row.position, s.v[r*c.KVDim():(r+1)*c.KVDim()])
	}, nil)
}

func (s *State) attentionOutput(worker, workers int) {
	s.forTiles(worker, workers, func(r int) {
		s.attention.quantize(r, s.a[r*s.attention.cols:])
	}, s.attention.pack)
}

func (s *State) project(worker, workers int) {
	from, to := s.Kernel.Share(s.layer.O.Rows, worker, workers)
	s.attention.multiply(s.o, &s.layer.O, from, to, &s.workspaces[worker])
}

func (s *State) gateUp(worker, workers int) {
	hidden := s.model.Hidden
	from, to := s.Kernel.Share(hidden, worker, workers)
	w := &s.workspaces[worker]
	s.in.multiply(s.g, &s.layer.Gate, from, to, w)
	s.in.multiply(s.u, &s.layer.Up, from, to, w)
	for r := range s.rows {
		s.Kernel.SwiGLU(s.g[r*hidden+from:r*hidden+to], s.u[r*hidden+from:r*hidden+to])
	}
}

func (s *State) hiddenInput(worker, workers int) {
	s.forTiles(worker, workers, func(r int) {
		s.hidden.quantize(r, s.g[r*s.hidden.cols:])
	}, s.hidden.pack)
}

func (s *State) down(worker, workers int) {
	from, to := s.Kernel.Share(s.layer.Down.Rows, worker, workers)
	s.hidden.multiply(s.o, &s.layer.Down, from, to, &s.workspaces[worker])
}

func (s *State) output(worker, workers int) {
	from, to := s.Kernel.Share(s.model.Output.Rows, worker, workers)
	s.last.multiply(s.y, &s.model.Output, from, to, &s.workspaces[worker])
}
