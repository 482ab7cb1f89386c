// Package shape makes model files of well-known shapes with random weights, so
// that a board can be judged, and the engine tested, before any download.
//
// Such a file asks for the same reads and the same arithmetic as the real one;
// only what comes out is noise. All matrices are in one format, and every number
// is finite and about as large as in a trained model. The same shape and format
// give the same file on every machine.
package shape

import (
	"fmt"
	"strings"

	"llamad/runtime/quant"
)

// Shape is the blueprint of a model.
type Shape struct {
	Name         string // "tinyllama-1.1b"
	Architecture string // "llama" or "qwen2"
	Layers       int
	Dim          int // width of the residual stream
	Hidden       int // width of the feed-forward layer
	Heads        int // query heads; Dim is a multiple of it
	KVHeads      int // key and value heads; Heads is a multiple of it
	Vocab        int // rows of the embedding and of the output head
	Context      int // positions the model was trained for
	Eps          float32
	RopeBase     float32
	Tied         bool // the output head is the embedding
}

// Shapes are small models that people run on a Raspberry Pi, by size. The
// numbers are those of each model's config.json.
var Shapes = []Shape{
	{"smollm2-135m", "llama", 30, 576, 1536, 9, 3, 49152, 8192, 1e-5, 1e5, true},
	{"smollm2-360m", "llama", 32, 960, 2560, 15, 5, 49152, 8192, 1e-5, 1e5, true},
	{"qwen2.5-0.5b", "qwen2", 24, 896, 4864, 14, 2, 151936, 32768, 1e-6, 1e6, true},
	{"tinyllama-1.1b", "llama", 22, 2048, 5632, 32, 4, 32000, 2048, 1e-5, 1e4, false},
	{"llama3.2-1b", "llama", 16, 2048, 8192, 32, 8, 128256, 131072, 1e-5, 5e5, true},
	{"qwen2.5-1.5b", "qwen2", 28, 1536, 8960, 12, 2, 151936, 32768, 1e-6, 1e6, true},
	{"smollm2-1.7b", "llama", 24, 2048, 8192, 32, 32, 49152, 8192, 1e-5, 1.3e5, true},
	{"llama3.2-3b", "llama", 28, 3072, 8192, 24, 8, 128256, 131072, 1e-5, 5e5, true},
}

// Names lists the shapes.
func Names() []string {
	names := make([]string, len(Shapes))
	for i := range Shapes {
		names[i] = Shapes[i].Name
	}
	return names
}

// FormatNames lists the formats; a shape's rows may not divide into blocks of
// each.
func FormatNames() []string {
	var names []string
	for _, f := range quant.Formats() {
		names = append(names, f.Name)
	}
	return names
}

// Lookup finds a shape by its name; an error names those there are.
func Lookup(name string) (*Shape, error) {
	for i := range Shapes {
		if strings.EqualFold(Shapes[i].Name, name) {
			return &Shapes[i], nil
		}
	}
	return nil, fmt.Errorf("there is no shape %q; choose one of %s", name, strings.Join(Names(), " "))
}

// Format finds a format by its name, "Q4_0" or "q4_0"; an error names those
// whose blocks divide the shape's rows.
func (s *Shape) Format(name string) (*quant.Format, error) {
	problem := fmt.Sprintf("there is no format %q", name)
	var fitting []string
	for _, f := range quant.Formats() {
		cols := s.undivided(f)
		if cols == 0 {
			fitting = append(fitting, f.Name)
		}
		if !strings.EqualFold(f.Name, name) {
			continue
		}
		if cols == 0 {
			return f, nil
		}
		problem = fmt.Sprintf("%s has rows of %d weights, which the blocks of %s, %d weights long, do not divide", s.Name, cols, f.Name, f.BlockLen)
	}
	return nil, fmt.Errorf("%s; choose one of %s", problem, strings.Join(fitting, " "))
}

// undivided is the length of a row that is no whole number of f's blocks, or 0.
func (s *Shape) undivided(f *quant.Format) int {
	for _, cols := range []int{s.Dim, s.Hidden} {
		if cols%f.BlockLen != 0 {
			return cols
		}
	}
	return 0
}

// Parameters is how many weights the shape has.
func (s *Shape) Parameters() int64 {
	var n int64
	for _, t := range s.tensors() {
		n += int64(max(t.rows, 1)) * int64(t.cols)
	}
	return n
}

// Bytes is the size of the weights in format f.
func (s *Shape) Bytes(f *quant.Format) int64 {
	var n int64
	for _, t := range s.tensors() {
		n += int64(t.bytes(f))
	}
	return n
}
