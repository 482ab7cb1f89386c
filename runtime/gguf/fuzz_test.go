package gguf

import (
	"errors"
	"os"
	"testing"

	"llamad/runtime/quant"
)

// Whatever the bytes: no panic, an *Error that names a place in the file, or a
// file in which everything lies inside the bytes.
func FuzzParse(f *testing.F) {
	for _, b := range badFiles() {
		if len(b.bytes) < 4096 {
			f.Add(b.bytes)
		}
	}
	foreign, err := os.ReadFile("testdata/gguf-py.gguf")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(foreign)
	f.Add(sound().Bytes())
	f.Add(unpadded())
	f.Add((&Writer{Version: 2}).Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Parse(b)
		if err != nil {
			checkError(t, err, b)
			return
		}
		for _, e := range file.Metadata {
			if e.Offset < 0 || e.Offset > int64(len(b)) {
				t.Errorf("%q at %d of %d", e.Key, e.Offset, len(b))
			}
			e.Value()
			for _, get := range []func(string) error{
				func(k string) error { _, err := file.String(k); return err },
				func(k string) error { _, err := file.Bool(k); return err },
				func(k string) error { _, err := file.Uint(k); return err },
				func(k string) error { _, err := file.Float(k); return err },
				func(k string) error { _, err := file.Strings(k); return err },
				func(k string) error { _, err := file.Floats(k); return err },
				func(k string) error { _, err := file.Ints(k); return err },
			} {
				if err := get(e.Key); err != nil {
					checkError(t, err, b)
				}
			}
		}
		for _, x := range file.Tensors {
			format, ok := quant.Lookup(x.Type)
			if !ok || len(x.Dims) < 1 || len(x.Dims) > maxDims {
				t.Fatalf("%q: %v %v", x.Name, x.Type, x.Dims)
			}
			if want := x.Rows() * format.RowBytes(x.Dims[0]); want != len(x.Data) || want <= 0 {
				t.Errorf("%q: %d bytes, want %d", x.Name, len(x.Data), want)
			}
		}
	})
}

func checkError(t *testing.T, err error, b []byte) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Err == nil || e.Field == "" || e.Offset < -1 || e.Offset > int64(len(b)) {
		t.Errorf("%v in a file of %d bytes", err, len(b))
	}
}
