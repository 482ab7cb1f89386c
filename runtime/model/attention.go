package model

import (
	"math"

	"llamad/runtime/kernel"
	"llamad/runtime/quant"
)

// Attention goes over query heads that share a key head together, so that a
// stretch of the cache is read from memory once for all of them (Ainslie et
// al., "GQA"). Prefill takes blocks of rows as well and is two small GEMMs;
// decode reads the f16 cache as it lies.

// blockQueries is about how many queries, rows times heads of a group, make a
// block of prefill: unpacking a stretch of the cache costs one part in this of
// using it.
const blockQueries = 64

// sparseStretch is how many positions decode handles at a time for all heads of a
// group: 128 positions of 64 f16 numbers are 16 KiB, half a Pi 4's L1.
const sparseStretch = 128

// blockRows is how many rows of a span make a block.
func (s *State) blockRows() int {
	return max(blockQueries*s.model.KVHeads/s.model.Heads, 1)
}

// attend takes blocks of rows, one key head each, until none is left. With one
// row and fewer key heads than workers, workers beyond them have nothing to do.
func (s *State) attend(worker, _ int) {
	w := &s.workspaces[worker]
	unit, taken := int(s.unit.Add(1)-1), 0
	for first := 0; first < len(s.rows); {
		n := min(s.blockRows(), s.rows[first].rest)
		for head := range s.model.KVHeads {
			if taken == unit {
				s.attendBlock(w, first, n, head)
				unit = int(s.unit.Add(1) - 1)
			}
			taken++
		}
		first += n
	}
}

// attendBlock computes the attention of rows first to first+n of one span, for
// the query heads that share a key head.
func (s *State) attendBlock(w *workspace, first, n, head int) {
	c, set := &s.model.Config, s.Kernel
	row := &s.rows[first]
	group := c.Heads / c.KVHeads
	positions := row.position + n
	b := block{queries: w.rows[:n*group], positions: positions, cache: row.cache, head: head}
	for i := range b.queries {
		b.queries[i].X = s.q[(first+i/group)*c.QDim()+(head*group+i%group)*c.HeadDim:][:c.HeadDim]
	}
	dense := n > 1 && positions >= set.PanelRows && c.HeadDim%set.PanelRows == 0
	if dense {
		s.scoreDense(w, &b)
	} else {
		s.scoreSparse(w, &b)
	}
	scale := float32(1 / math.Sqrt(float64(c.HeadDim)))
	for i := range b.queries {
		scores := w.scores[i*positions : (i+1)*positions]
		seen := row.position + i/group + 1 // a token sees itself and what came before
		s.softmax(scores[:seen], row.hidden, scale)
		clear(scores[seen:])
		b.queries[i].X = scores
	}
	if dense {
		s.mixDense(w, &b)
	} else {
		s.mixSparse(w, &b)
	}
	for i := range b.queries {
		copy(s.a[(first+i/group)*c.QDim()+(head*group+i%group)*c.HeadDim:], w.mixed[i*c.HeadDim:(i+1)*c.HeadDim])
	}
}

// softmax is that of the scores that are not hidden; those come to nothing.
func (s *State) softmax(scores []float32, hidden Range, scale float32) {
	if hidden.len() == 0 {
		s.Kernel.Softmax(scores, scale)
		return
	}
	copy(scores[hidden.From:], scores[hidden.To:])
	s.Kernel.Softmax(scores[:len(scores)-hidden.len()], scale)
	copy(scores[hidden.To:], scores[hidden.From:len(scores)-hidden.len()])
	clear(scores[hidden.From:hidden.To])
}

// block is the attention of some queries to the positions of one key head.
type block struct {
	queries   []quant.Row // X: the query, (head dim), and after softmax its scores, (positions)
	positions int
	cache     *Cache
	head      int
}

// scoreSparse computes scores, (queries, positions), query by query.
func (s *State) scoreSparse(w *workspace, b *block) {
	step := min(sparseStretch, b.cache.keys.stretch(s.Kernel))
	for from := 0; from < b.positions; from += step {
		to := min(from+step, b.positions)
		keys, stride := b.cache.keys.rows(s.Kernel, w, s.layerIndex, b.head, from, to)
		for i := range b.queries {
			s.Kernel.Scores(w.scores[i*b.positions+from:i*b.positions+to], b.queries[i].X, keys, stride)
		}
	}
}

// mixSparse computes the values weighted by scores, (queries, head dim).
func (s *State) mixSparse(w *workspace, b *block) {
	dim := s.model.HeadDim
	clear(w.mixed[:len(b.queries)*dim])
	step := min(sparseStretch, b.cache.values.stretch(s.Kernel))
	for from := 0; from < b.positions; from += step {
		to := min(from+step, b.positions)
		values, stride := b.cache.values.rows(s.Kernel, w, s.layerIndex, b.head, from, to)
		for i := range b.queries {
			s.Kernel.Mix(w.mixed[i*dim:(i+1)*dim], b.queries[i].X[from:to], values, stride)
		}
	}
}

// scoreDense is scoreSparse as a GEMM: keys are the weights.
func (s *State) scoreDense(w *workspace, b *block) {
	t := s.packQueries(w, b, s.model.HeadDim)
	p, tiles := w.panel, s.Kernel.TileCount(len(b.queries))
	p.Cols = s.model.HeadDim
	step := b.cache.keys.stretch(s.Kernel)
	for from := 0; from < b.positions; from += step {
		to := min(from+step, b.positions)
		first := max(min(from, to-s.Kernel.PanelRows), 0) // the last stretch may be shorter than a panel
		keys, stride := b.cache.keys.rows(s.Kernel, w, s.layerIndex, b.head, first, to)
		for at := first; at < to; at += s.Kernel.PanelRows {
			at = min(at, to-s.Kernel.PanelRows) // and the last panel overlap
			s.Kernel.UnpackRows(p, keys[(at-first)*stride:], stride)
			s.Kernel.GemmFloat(w.scores[at:], b.positions, p, t, 0, 0, tiles, false)
		}
	}
}

// mixDense is mixSparse as a GEMM: values, turned on their side, are the weights.
func (s *State) mixDense(w *workspace, b *block) {
	t := s.packQueries(w, b, b.positions)
	p, dim, tiles := w.panel, s.model.HeadDim, s.Kernel.TileCount(len(b.queries))
	step := min(s.Kernel.KBlock, b.cache.values.stretch(s.Kernel))
	for from := 0; from < b.positions; from += step {
		to := min(from+step, b.positions)
		values, stride := b.cache.values.rows(s.Kernel, w, s.layerIndex, b.head, from, to)
		p.Cols = to - from
		for d := 0; d < dim; d += s.Kernel.PanelRows {
			s.Kernel.UnpackColumns(p, values[d:], stride)
			s.Kernel.GemmFloat(w.mixed[d:], dim, p, t, from, 0, tiles, from > 0)
		}
	}
}

func (s *State) packQueries(w *workspace, b *block, cols int) *kernel.Tiles {
	w.tiles = kernel.Tiles{Rows: b.queries, Cols: cols, F: w.packed[:s.Kernel.TileCount(len(b.queries))*s.Kernel.TileRows*cols]}
	for tile := range s.Kernel.TileCount(len(b.queries)) {
		s.Kernel.PackFloat(&w.tiles, tile)
	}
	return &w.tiles
}
