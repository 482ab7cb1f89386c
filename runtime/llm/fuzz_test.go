package llm

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"llamad/runtime/gguf"
	"llamad/runtime/tokenizer"
)

// Whatever bytes a file has: it is refused with an error that names a place, or it
// opens, and then it answers or its prompt fails. Nothing else.
func FuzzOpen(f *testing.F) {
	for _, b := range badModels() {
		d := newDraft()
		b.change(d)
		if bytes := d.bytes(); len(bytes) < 256<<10 {
			f.Add(bytes)
		}
	}
	path := filepath.Join(f.TempDir(), "fuzzed.gguf")
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<20 {
			return // longer ones only take longer
		}
		// A new file each time: one that is emptied and written anew, ext4 writes to the
		// disk before it goes on.
		_ = os.Remove(path)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := Open(context.Background(), path, Options{Budget: 64 << 20, Context: 64, ThreadsPrefill: 1, ThreadsDecode: 1})
		if err != nil {
			var format *gguf.Error
			var unsupported *UnsupportedError
			var vocabulary *tokenizer.Error
			var budget *BudgetError
			if !errors.As(err, &format) && !errors.As(err, &unsupported) && !errors.As(err, &vocabulary) && !errors.As(err, &budget) {
				t.Fatalf("%v, which is no refusal of a file", err)
			}
			return
		}
		defer m.Close()
		for _, p := range []Prompt{{Text: "ab a </s><|im_end|>", Raw: true}, {Text: "ab a"}} {
			ids, err := m.Encode(p)
			if err != nil {
				continue // the file's template refuses what it does not like
			}
			r, pieces, err := generate(t, m, context.Background(), "", ids, greedy(3))
			var broken *ModelError
			var overflow *ContextError
			switch {
			case err == nil:
				if r.Text != strings.Join(pieces, "") || r.FinishReason == "" {
					t.Errorf("%+v of pieces %q", r, pieces)
				}
			case len(ids) > 0 && !errors.As(err, &broken) && !errors.As(err, &overflow):
				t.Errorf("%v, want a *ModelError or an answer", err)
			}
		}
	})
}

// However a text is cut into pieces, it ends before the first of the stop strings
// that is in it.
func FuzzStopper(f *testing.F) {
	f.Add("a END b", "END", "ND", []byte{1, 2, 3})
	f.Add("aaab", "aab", "", []byte{1})
	f.Add("one\n\ntwo", "\n\n", "\ntwo", []byte{4, 0, 200})
	f.Add("\xff\xfe日本", "本", "\xfe", []byte{})
	f.Fuzz(func(t *testing.T, text, one, two string, cuts []byte) {
		s := newStopper([]string{one, two})
		var shown strings.Builder
		stopped := false
		rest := text
		for i := 0; !stopped && rest != ""; i++ {
			n := len(rest)
			if i < len(cuts) {
				n = min(n, int(cuts[i]))
			}
			var show string
			show, stopped = s.push(rest[:n])
			shown.WriteString(show)
			rest = rest[n:]
		}
		if !stopped {
			shown.WriteString(s.flush())
		}
		// The first that is complete ends the text; of those complete with the same
		// piece, the one that begins first.
		first := len(text)
		for _, stop := range []string{one, two} {
			if at := strings.Index(text, stop); at >= 0 && stop != "" {
				first = min(first, at)
			}
		}
		if got := shown.String(); !strings.HasPrefix(text, got) || len(got) < first || stopped == (got == text && first == len(text)) {
			t.Errorf("%q in pieces of %v until %q or %q: %q, stopped %v", text, cuts, one, two, got, stopped)
		}
		for _, stop := range []string{one, two} {
			if stop != "" && strings.Contains(shown.String(), stop) {
				t.Errorf("%q in pieces of %v: %q is in %q", text, cuts, stop, shown.String())
			}
		}
	})
}
