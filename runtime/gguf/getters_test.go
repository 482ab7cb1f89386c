package gguf

import (
	"errors"
	"math"
	"reflect"
	"testing"
)

func TestGetters(t *testing.T) {
	w := &Writer{}
	values := map[string]any{
		"u8": uint8(255), "i8": int8(-1), "u16": uint16(65535), "i16": int16(7), "u32": uint32(1 << 31), "i32": int32(math.MinInt32),
		"u64": uint64(1 << 63), "i64": int64(1 << 40), "f32": float32(1.5), "f64": 2.5, "yes": true, "no": false, "s": "text", "empty": "",
		"strings": []string{"a", "", "b"}, "none": []string{}, "floats": []float32{1, 2}, "ints": []int32{-1, 1}, "uints": []uint32{1, 2},
		"large": []uint32{1, 1 << 31}, "bytes": []uint8{1}, "doubles": []float64{1},
	}
	for key, v := range values {
		w.Set(key, v)
	}
	f := parseOK(t, w.Bytes())
	get := map[string]func(key string) (any, error){
		"String":  func(k string) (any, error) { return f.String(k) },
		"Bool":    func(k string) (any, error) { return f.Bool(k) },
		"Uint":    func(k string) (any, error) { return f.Uint(k) },
		"Float":   func(k string) (any, error) { return f.Float(k) },
		"Strings": func(k string) (any, error) { return f.Strings(k) },
		"Floats":  func(k string) (any, error) { return f.Floats(k) },
		"Ints":    func(k string) (any, error) { return f.Ints(k) },
	}
	want := map[string]map[string]any{ // what is not here is an error of type
		"String":  {"s": "text", "empty": ""},
		"Bool":    {"yes": true, "no": false},
		"Uint":    {"u8": uint64(255), "u16": uint64(65535), "i16": uint64(7), "u32": uint64(1 << 31), "u64": uint64(1 << 63), "i64": uint64(1 << 40)},
		"Float":   {"f32": 1.5, "f64": 2.5},
		"Strings": {"strings": []string{"a", "", "b"}, "none": []string{}},
		"Floats":  {"floats": []float32{1, 2}},
		"Ints":    {"ints": []int32{-1, 1}, "uints": []int32{1, 2}},
	}
	for name, getter := range get {
		for key := range values {
			got, err := getter(key)
			if v, ok := want[name][key]; ok {
				if err != nil || !reflect.DeepEqual(got, v) {
					t.Errorf("%s(%s): %v, %v; want %v", name, key, got, err, v)
				}
				continue
			}
			var e *Error
			if !errors.As(err, &e) || !errors.Is(err, ErrType) || e.Field != key || e.Offset != w.Offset(offsetField(values[key], key)) {
				t.Errorf("%s(%s): %v; want an error of type", name, key, err)
			}
		}
		_, err := getter("absent")
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, ErrMissing) || e.Field != "absent" || e.Offset != -1 {
			t.Errorf("%s(absent): %v", name, err)
		}
	}
	if !f.Has("s") || f.Has("absent") {
		t.Error("Has")
	}
	if e, ok := f.Entry("strings"); !ok || e.Type != Array || e.Elem != String || e.Len != 3 || e.Value() != nil {
		t.Errorf("Entry: %+v, %v", e, ok)
	}
	if _, ok := f.Entry("absent"); ok {
		t.Error("Entry of an absent key")
	}
	if _, ok := f.Tensor("absent"); ok {
		t.Error("Tensor of an absent name")
	}
}

// offsetField is the writer's field where a key's value begins.
func offsetField(v any, key string) string {
	if reflect.TypeOf(v).Kind() == reflect.Slice {
		return "element type of " + key
	}
	return key
}

// What getters return outlives the file's bytes.
func TestCopies(t *testing.T) {
	w := &Writer{}
	w.Set("s", "text")
	w.Set("strings", []string{"a", "b"})
	w.Set("floats", []float32{1})
	w.Set("ints", []int32{1})
	b := w.Bytes()
	f := parseOK(t, b)
	s, _ := f.String("s")
	strings, _ := f.Strings("strings")
	floats, _ := f.Floats("floats")
	ints, _ := f.Ints("ints")
	key := f.Metadata[0].Key
	clear(b)
	if s != "text" || strings[1] != "b" || floats[0] != 1 || ints[0] != 1 || key != "s" {
		t.Error("a value changed with the file")
	}
}

// A file that is written to after Parse gives other values, or an error.
func TestChangedUnderway(t *testing.T) {
	w := &Writer{}
	w.Set("strings", []string{"a", "b"})
	b := w.Bytes()
	f := parseOK(t, b)
	at := w.Offset("strings[1]")
	for _, length := range []byte{0, 1, 2, 255} {
		b[at] = length
		_, err := f.Strings("strings")
		if length <= 1 {
			if err != nil {
				t.Errorf("length %d: %v", length, err)
			}
			continue
		}
		var e *Error
		if !errors.As(err, &e) || e.Field != "strings[1]" || e.Offset != at {
			t.Errorf("length %d: %v", length, err)
		}
	}
}
