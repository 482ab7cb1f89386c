package model

// Memory hands out buffers. The owner decides where they lie; asking comes
// first, and all buffers arrive together when the owner maps them, so that what
// a plan adds up is exactly what is used.
type Memory interface {
	Float32s(dst *[]float32, n int)
	Uint16s(dst *[]uint16, n int)
	Int8s(dst *[]int8, n int)
}

// Cache holds the keys and values of one sequence, in f16 and in the order of
// positions.
type Cache struct {
	Positions int      // capacity
	keys      []uint16 // (layers, positions, kv heads, head dim), rotated
	values    []uint16 // the same shape
	layer     int      // distance between layers
	row       int      // distance between positions
}

// NewCache asks m for the cache of that many positions.
func NewCache(c *Config, positions int, m Memory) *Cache {
	cache := &Cache{Positions: positions, row: c.KVDim(), layer: positions * c.KVDim()}
	m.Uint16s(&cache.keys, c.Layers*cache.layer)
	m.Uint16s(&cache.values, c.Layers*cache.layer)
	return cache
}

// at is where the keys, or values, of a layer from a position and head on begin.
func (c *Cache) at(layer, position, head, headDim int) int {
	return layer*c.layer + position*c.row + head*headDim
}

// CopyPrefix makes the first n positions of c those of from, which has the same
// shape but for its capacity.
func (c *Cache) CopyPrefix(from *Cache, n int) {
	for l := range len(c.keys) / c.layer {
		copy(c.keys[l*c.layer:][:n*c.row], from.keys[l*from.layer:][:n*from.row])
		copy(c.values[l*c.layer:][:n*c.row], from.values[l*from.layer:][:n*from.row])
	}
}
