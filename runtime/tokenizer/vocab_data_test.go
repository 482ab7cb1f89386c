package tokenizer

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// The real vocabularies of testdata, built once.
var loaded sync.Map // name -> func() *Tokenizer

func load(t testing.TB, name string) *Tokenizer {
	t.Helper()
	once, _ := loaded.LoadOrStore(name, sync.OnceValue(func() *Tokenizer {
		tok, err := New(readConfig(t, name))
		if err != nil {
			t.Fatal(err)
		}
		return tok
	}))
	return once.(func() *Tokenizer)()
}

func readConfig(t testing.TB, name string) Config {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var c Config
	if err := json.NewDecoder(z).Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

// vector is one line of a reference file.
type vector struct {
	Text    string
	Plain   []ID
	Special []ID
}

func readVectors(t testing.TB, name string) []vector {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []vector
	for s := bufio.NewScanner(f); s.Scan(); {
		var v vector
		if err := json.Unmarshal(s.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if len(all) == 0 {
		t.Fatalf("%s holds no vectors", f.Name())
	}
	return all
}
