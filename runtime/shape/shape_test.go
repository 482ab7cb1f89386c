package shape

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"llamad/runtime/gguf"
	"llamad/runtime/quant"
)

// The number of parameters that each model's publisher states.
func TestParameters(t *testing.T) {
	want := map[string]int64{
		"smollm2-135m": 134515008, "smollm2-360m": 361821120, "smollm2-1.7b": 1711376384,
		"tinyllama-1.1b": 1100048384, "llama3.2-1b": 1235814400, "llama3.2-3b": 3212749824,
		"qwen2.5-0.5b": 494032768, "qwen2.5-1.5b": 1543714304,
	}
	for i := range Shapes {
		s := &Shapes[i]
		if got := s.Parameters(); got != want[s.Name] {
			t.Errorf("%s has %d parameters, want %d", s.Name, got, want[s.Name])
		}
	}
	if !slices.IsSortedFunc(Shapes, func(a, b Shape) int { return int(a.Parameters()/1000 - b.Parameters()/1000) }) {
		t.Error("the shapes are not listed by size")
	}
}

func TestLookup(t *testing.T) {
	s, err := Lookup("TinyLlama-1.1B")
	if err != nil || s.Name != "tinyllama-1.1b" {
		t.Fatalf("Lookup: %v, %v", s, err)
	}
	if f, err := s.Format("q4_k"); err != nil || f.Type != quant.Q4_K {
		t.Errorf("q4_k: %v, %v", f, err)
	}
	for _, c := range []struct{ shape, format, want string }{
		{"gpt-5", "", `there is no shape "gpt-5"; choose one of smollm2-135m smollm2-360m `},
		{"smollm2-135m", "Q9_9", `there is no format "Q9_9"; choose one of F32 F16 BF16 Q8_0 Q4_0 Q4_1 Q5_0 Q5_1 IQ4_NL`},
		{"smollm2-135m", "Q4_K", `smollm2-135m has rows of 576 weights, which the blocks of Q4_K, 256 weights long, do not divide; choose one of F32 F16 BF16 Q8_0 Q4_0 Q4_1 Q5_0 Q5_1 IQ4_NL`},
	} {
		s, err := Lookup(c.shape)
		if err == nil {
			_, err = s.Format(c.format)
		}
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s, %s: %v, want %s", c.shape, c.format, err, c.want)
		}
	}
}

// tiny divides into the blocks of every format.
var tiny = Shape{Name: "tiny", Architecture: "qwen2", Layers: 1, Dim: 256, Hidden: 768, Heads: 4, KVHeads: 2,
	Vocab: 512, Context: 128, Eps: 1e-6, RopeBase: 1e4}

func write(t *testing.T, s *Shape, f *quant.Format) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// In every format the file is whole, says what it is, and its weights are
// finite, around zero, and as large as they should be.
func TestWrite(t *testing.T) {
	for _, format := range quant.Formats() {
		t.Run(format.Name, func(t *testing.T) {
			data := write(t, &tiny, format)
			f, err := gguf.Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			if v, err := f.Uint("qwen2.feed_forward_length"); err != nil || v != 768 {
				t.Errorf("feed_forward_length = %d, %v", v, err)
			}
			var size, count int64
			for _, tensor := range f.Tensors {
				size += int64(len(tensor.Data))
				n := int64(1)
				for _, d := range tensor.Dims {
					n *= int64(d)
				}
				count += n
				if len(tensor.Dims) == 2 {
					checkWeights(t, tensor)
				}
			}
			if size != tiny.Bytes(format) || count != tiny.Parameters() {
				t.Errorf("%d weights in %d bytes, want %d in %d", count, size, tiny.Parameters(), tiny.Bytes(format))
			}
			if !bytes.Equal(data, write(t, &tiny, format)) {
				t.Error("the next file is another")
			}
		})
	}
}

func checkWeights(t *testing.T, tensor gguf.Tensor) {
	t.Helper()
	format, _ := quant.Lookup(tensor.Type)
	cols, rows := tensor.Dims[0], tensor.Dims[1]
	weights := make([]float32, cols)
	var sum, squares float64
	for r := range rows {
		format.Dequantize(weights, tensor.Data[r*format.RowBytes(cols):])
		for _, w := range weights {
			sum += float64(w)
			squares += float64(w) * float64(w)
		}
	}
	n := float64(rows * cols)
	size := math.Sqrt(squares/n) * math.Sqrt(float64(cols))
	// Float formats come as near as a factor of the root of two; NaN is no number
	// at all.
	low, high := 0.9, 1.1
	if !format.Integer() {
		low, high = 0.7, 1.42
	}
	if !(size > low && size < high) {
		t.Errorf("%s in %s: root mean square %.3f of 1/sqrt(%d)", tensor.Name, format.Name, size, cols)
	}
	if mean := sum / n * math.Sqrt(float64(cols)); math.Abs(mean) > 0.05 {
		t.Errorf("%s in %s: mean %.3f of 1/sqrt(%d)", tensor.Name, format.Name, mean, cols)
	}
}

func TestTiedShapeHasOneHead(t *testing.T) {
	s := tiny
	s.Architecture, s.Tied = "llama", true
	f, _ := quant.Lookup(quant.Q8_0)
	file, err := gguf.Parse(write(t, &s, f))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"output.weight", "blk.0.attn_q.bias"} {
		if _, ok := file.Tensor(name); ok {
			t.Errorf("%s is in the file", name)
		}
	}
}
