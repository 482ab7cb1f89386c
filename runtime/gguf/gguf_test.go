package gguf

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"llamad/runtime/quant"
)

func parseOK(t *testing.T, b []byte) *File {
	t.Helper()
	f, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The file comes from the Python package gguf (testdata/make-gguf-py.py), so the
// reader is held to somebody else's idea of the format.
func TestForeignFile(t *testing.T) {
	data, err := os.ReadFile("testdata/gguf-py.gguf")
	if err != nil {
		t.Fatal(err)
	}
	f := parseOK(t, data)
	if f.Version != 3 || f.Alignment != 64 || len(f.Warnings) != 0 {
		t.Errorf("version %d, alignment %d, warnings %q", f.Version, f.Alignment, f.Warnings)
	}
	values := map[string]any{
		"general.architecture": "llama",
		"general.alignment":    uint64(64),
		"value.uint8":          uint64(200),
		"value.int8":           int64(-100),
		"value.uint16":         uint64(60000),
		"value.int16":          int64(-30000),
		"value.uint32":         uint64(4000000000),
		"value.int32":          int64(-2000000000),
		"value.uint64":         uint64(18000000000000000000),
		"value.int64":          int64(-9000000000000000000),
		"value.float32":        float32(0.1),
		"value.float64":        0.1,
		"value.true":           true,
		"value.false":          false,
		"value.string":         "grüß\n",
	}
	for key, want := range values {
		e, ok := f.Entry(key)
		if got := e.Value(); !ok || got != want {
			t.Errorf("%s: got %v (%T), want %v (%T)", key, got, got, want, want)
		}
	}
	if got, err := f.Strings("value.strings"); err != nil || !slices.Equal(got, []string{"a", "", "日本"}) {
		t.Errorf("strings: %q, %v", got, err)
	}
	if got, err := f.Ints("value.ints"); err != nil || !slices.Equal(got, []int32{1, -2, 3}) {
		t.Errorf("ints: %v, %v", got, err)
	}
	if got, err := f.Floats("value.floats"); err != nil || !slices.Equal(got, []float32{0.5, -1.5}) {
		t.Errorf("floats: %v, %v", got, err)
	}
	if len(f.Metadata) != len(values)+4 {
		t.Errorf("%d keys", len(f.Metadata))
	}
	for _, format := range quant.Formats() {
		x, ok := f.Tensor(format.Name)
		if !ok || x.Type != format.Type || !slices.Equal(x.Dims, []int{256, 2}) || len(x.Data) != 2*format.RowBytes(256) {
			t.Errorf("%s: %v %v %v, %d bytes", format.Name, ok, x.Type, x.Dims, len(x.Data))
		}
	}
	x, _ := f.Tensor("four")
	if !slices.Equal(x.Dims, []int{2, 3, 4, 5}) || x.Rows() != 60 {
		t.Errorf("four: %v, %d rows", x.Dims, x.Rows())
	}
	// The rows were quantized by the package: 8 bits miss by about 1/254 of the
	// largest weight, the others by their own coarser steps.
	tolerance := map[quant.Type]float64{quant.F32: 1e-6, quant.F16: 1e-3, quant.BF16: 8e-3, quant.Q8_0: 1e-2,
		quant.Q5_0: 0.14, quant.Q5_1: 0.14, quant.Q4_0: 0.28, quant.Q4_1: 0.28}
	for typ, most := range tolerance {
		x, _ := f.Tensor(typ.String())
		format, _ := quant.Lookup(typ)
		row := make([]float32, 256)
		format.Dequantize(row, x.Data[format.RowBytes(256):])
		for j, v := range row {
			if want := 2 * math.Sin(float64(j)/10); math.Abs(float64(v)-want) > most {
				t.Errorf("%s: weight %d is %v, want %v", typ, j, v, want)
				break
			}
		}
	}
}

func TestWriterRoundTrip(t *testing.T) {
	for _, version := range []uint32{2, 3} {
		for alignment := uint32(1); alignment <= maxAlignment; alignment *= 4 {
			t.Run(fmt.Sprintf("v%d by %d", version, alignment), func(t *testing.T) {
				w := &Writer{Version: version}
				w.Set("general.alignment", alignment)
				w.Set("text", "ü")
				want := map[string][]byte{}
				for i, format := range quant.Formats() {
					cols, rows := 256*(i%3+1), i+1
					data := bytes.Repeat([]byte{byte(i + 1)}, rows*format.RowBytes(cols))
					w.Add(format.Name, format.Type, []int{cols, rows}, data)
					want[format.Name] = data
				}
				b := w.Bytes()
				f := parseOK(t, b)
				if f.Version != version || f.Alignment != int(alignment) || len(f.Tensors) != len(want) || len(f.Warnings) != 0 {
					t.Errorf("version %d, alignment %d, %d tensors, warnings %q", f.Version, f.Alignment, len(f.Tensors), f.Warnings)
				}
				for _, x := range f.Tensors {
					if !bytes.Equal(x.Data, want[x.Name]) {
						t.Errorf("%s: other data", x.Name)
					}
				}
				var out bytes.Buffer
				if n, err := w.WriteTo(&out); err != nil || n != int64(len(b)) || !bytes.Equal(out.Bytes(), b) {
					t.Errorf("WriteTo: %d, %v", n, err)
				}
			})
		}
	}
}

// What is odd but harmless is taken, and said.
func TestAccepted(t *testing.T) {
	vocabulary := &Writer{}
	vocabulary.Set("tokenizer.ggml.tokens", []string{"a", "\xff", "b\x00"})
	end := len(sound().Bytes())
	for _, c := range []struct {
		name     string
		bytes    []byte
		warnings int
	}{
		{"sound", sound().Bytes(), 0},
		{"nothing in it", (&Writer{}).Bytes(), 0},
		{"vocabulary only", vocabulary.Bytes(), 0},
		{"vocabulary only, padded", append(vocabulary.Bytes(), make([]byte, 31)...)[:(len(vocabulary.Bytes())+31)&^31], 0},
		{"53 trailing bytes", append(sound().Bytes(), "garbage"...), 1},
		{"last tensor not padded", unpadded(), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if f := parseOK(t, c.bytes); len(f.Warnings) != c.warnings {
				t.Errorf("warnings %q", f.Warnings)
			}
		})
	}
	f := parseOK(t, append(sound().Bytes(), "garbage"...))
	if want := fmt.Sprintf("7 bytes after the end of the tensors, at byte %d, are ignored", end); f.Warnings[0] != want {
		t.Errorf("warning %q, want %q", f.Warnings[0], want)
	}
}

func unpadded() []byte {
	w := &Writer{}
	w.Add("t", quant.F32, []int{3}, make([]byte, 12))
	b := w.Bytes()
	return b[:len(b)-20]
}

// Item 54: two terabytes, of which a page is written. Nothing may depend on a
// file's size but comparisons. An arm64 kernel may have only 512 GB of addresses.
func TestSparse(t *testing.T) {
	size := 2 << 40
	if runtime.GOARCH != "amd64" {
		size = 16 << 30
	}
	b, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON|syscall.MAP_NORESERVE)
	if err != nil {
		t.Fatalf("%d bytes of address space: %v; set vm.overcommit_memory to 0", size, err)
	}
	defer syscall.Munmap(b)
	w := &Writer{}
	w.Add("huge", quant.F32, []int{size >> 12, 1 << 9}, nil)
	copy(b, w.Bytes())
	f := parseOK(t, b)
	if x, _ := f.Tensor("huge"); len(x.Data) != size/2 || len(f.Warnings) != 1 {
		t.Errorf("%d bytes, warnings %q", len(x.Data), f.Warnings)
	}
}

// Items 2, 12, 51, 52, 55: a file cut anywhere is an error, and a clear one.
func TestTruncated(t *testing.T) {
	whole := sound().Bytes()
	for n := range whole {
		f, err := Parse(whole[:n])
		if err == nil || !strings.Contains(err.Error(), "download it again") {
			t.Fatalf("cut at %d: %v, %v", n, f, err)
		}
	}
	large := &Writer{}
	large.Set("tokenizer.ggml.tokens", slices.Repeat([]string{"token", ""}, 5000))
	for i := range 50 {
		large.Add(fmt.Sprintf("blk.%d.w", i), quant.Q4_K, []int{256, 20}, make([]byte, 20*144))
	}
	whole = large.Bytes()
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		if n := random.IntN(len(whole)); n > 0 {
			if f, err := Parse(whole[:n]); err == nil {
				t.Fatalf("cut at %d of %d: %v", n, len(whole), f)
			}
		}
	}
}

func TestLimits(t *testing.T) {
	text := strings.Repeat("x", maxString)
	for _, c := range []struct {
		name  string
		make  func(w *Writer, n int)
		most  int
		field string // of the error beyond
	}{
		{"string", func(w *Writer, n int) { w.Set("s", text[:min(n, len(text))]+text[:max(n-len(text), 0)]) }, maxString, "s"},
		{"chat template", func(w *Writer, n int) { w.Set("tokenizer.chat_template", text[:n]) }, maxTemplate, "tokenizer.chat_template"},
		{"array", func(w *Writer, n int) { w.SetRaw("a", Array, append(arrayHead(Uint8, n), make([]byte, n)...)) }, maxArray, "length of a"},
		{"array of strings", func(w *Writer, n int) { w.SetRaw("a", Array, append(arrayHead(String, n), make([]byte, 8*n)...)) }, maxArray, "length of a"},
		{"keys", func(w *Writer, n int) {
			for i := range n {
				w.Set(fmt.Sprint(i), true)
			}
		}, maxKeys, "metadata_kv_count"},
		{"tensors", func(w *Writer, n int) {
			for i := range n {
				w.Add(fmt.Sprint(i), quant.F32, []int{1}, make([]byte, 4))
			}
		}, maxTensors, "tensor_count"},
		{"name", func(w *Writer, n int) { w.Add(text[:n], quant.F32, []int{1}, make([]byte, 4)) }, maxName, "tensor[0].name"},
		{"key", func(w *Writer, n int) { w.Set(text[:n], true) }, maxKey, "metadata[0].key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &Writer{}
			c.make(w, c.most)
			parseOK(t, w.Bytes())
			w = &Writer{}
			c.make(w, c.most+1)
			_, err := Parse(w.Bytes())
			if e, ok := err.(*Error); !ok || e.Field != c.field {
				t.Errorf("one more: %v", err)
			}
		})
	}
	t.Run("metadata in all", func(t *testing.T) {
		w := &Writer{}
		for i := range maxMetadata/(8<<20) + 1 {
			w.SetRaw(fmt.Sprintf("a%d", i), Array, append(arrayHead(Float64, maxArray), make([]byte, 8*maxArray)...))
		}
		_, err := Parse(w.Bytes())
		if e, ok := err.(*Error); !ok || e.Field != "length of a7" || !strings.Contains(e.Expected, "67108864 bytes in all") {
			t.Error(err)
		}
	})
}

// arrayHead begins the value of an array.
func arrayHead(elem ValueType, n int) []byte {
	h := &header{fields: map[string]field{}}
	h.u32("", uint32(elem))
	h.u64("", uint64(n))
	return h.b
}

// Parse keeps nothing of a vocabulary: what it costs is the names.
func TestParseIsFrugal(t *testing.T) {
	w := &Writer{}
	w.Set("tokenizer.ggml.tokens", slices.Repeat([]string{"token"}, 100000))
	w.Set("tokenizer.ggml.scores", make([]float32, 100000))
	b := w.Bytes()
	if n := testing.AllocsPerRun(5, func() { Parse(b) }); n > 20 {
		t.Errorf("%v allocations", n)
	}
	f := parseOK(t, b)
	if n := testing.AllocsPerRun(5, func() { f.Strings("tokenizer.ggml.tokens") }); n > 3 {
		t.Errorf("%v allocations for the strings", n)
	}
}

func TestWriterMisuse(t *testing.T) {
	for name, misuse := range map[string]func(){
		"unknown field": func() { w := sound(); w.Patch("no such field", 1); w.Bytes() },
		"Go int":        func() { w := sound(); w.Set("n", 1); w.Bytes() },
	} {
		func() {
			defer func() {
				if v := recover(); v == nil || !strings.HasPrefix(fmt.Sprint(v), "gguf: ") {
					t.Errorf("%s: %v", name, v)
				}
			}()
			misuse()
		}()
	}
	if !reflect.DeepEqual(sound().Bytes(), sound().Bytes()) {
		t.Error("two files of the same content differ")
	}
}
