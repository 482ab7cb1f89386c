package model

import (
	"fmt"

	"llamad/runtime/kernel"
)

// Memory hands out buffers. The owner decides where they lie; asking comes
// first, and all buffers arrive together when the owner maps them, so that what
// a plan adds up is exactly what is used.
type Memory interface {
	Float32s(dst *[]float32, n int)
	Uint16s(dst *[]uint16, n int)
	Int8s(dst *[]int8, n int)
	Bytes(dst *[]byte, n int)
}

// Cache holds the keys and values of one sequence, in the order of positions.
type Cache struct {
	Positions    int // capacity
	keys, values plane
}

// plane is the keys, or the values, of all layers: (layers, positions, kv heads,
// head dim). Its formats differ in what a number takes.
type plane interface {
	// put stores what a position has in a layer, (kv heads * head dim).
	put(s *kernel.Set, w *workspace, layer, position int, x []float32)

	// rows gives a head's numbers at positions from to to as f16, stride apart;
	// they are valid until w is used again.
	rows(s *kernel.Set, w *workspace, layer, head, from, to int) (x []uint16, stride int)

	// stretch is how many positions rows gives at a time at the most.
	stretch(s *kernel.Set) int

	// copyPrefix makes the first n positions those of a plane of the same format
	// and shape but for its capacity.
	copyPrefix(from plane, n int)
}

// CacheFormat is a format of a cache.
type CacheFormat struct {
	Name  string // as memory.kv has it
	plane func(c *Config, positions int, m Memory) plane
	block int // a head is a whole number of these; above 1, numbers pass through a workspace
}

var cacheFormats = []*CacheFormat{
	{"f16", newPlaneF16, 1}, // the default
	{"q8_0", newPlaneQ8, q8.BlockLen},
}

// KVFormat is the cache format of that name, "" being the default, for a model
// that can have it.
func KVFormat(c *Config, name string) (*CacheFormat, error) {
	if name == "" {
		name = cacheFormats[0].Name
	}
	for _, f := range cacheFormats {
		if f.Name != name {
			continue
		}
		if c.HeadDim%f.block != 0 {
			return nil, &UnsupportedError{c.Architecture + ".attention.key_length", -1, fmt.Sprint(c.HeadDim),
				fmt.Sprintf("a multiple of %d where memory.kv is %s; set it to f16", f.block, f.Name)}
		}
		return f, nil
	}
	return nil, fmt.Errorf("memory.kv is %q; expected f16 or q8_0", name)
}

// NewCache asks m for the cache of that many positions.
func NewCache(c *Config, f *CacheFormat, positions int, m Memory) *Cache {
	return &Cache{Positions: positions, keys: f.plane(c, positions, m), values: f.plane(c, positions, m)}
}

// CopyPrefix makes the first n positions of c those of from, which has the same
// format and shape but for its capacity.
func (c *Cache) CopyPrefix(from *Cache, n int) {
	c.keys.copyPrefix(from.keys, n)
	c.values.copyPrefix(from.values, n)
}
