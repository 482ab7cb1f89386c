package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestShow(t *testing.T) {
	out := llamad(t, "", "show", smollm2(t))
	for _, want := range []string{"architecture   llama", "quantization   Q4_1", "blk.*.attn_q.weight", "Q4_1  30", "KV cache", "budget", "available", "It fits with a context of 2048. The largest that would fit is 8192."} {
		if !strings.Contains(out, want) {
			t.Errorf("show lacks %q:\n%s", want, out)
		}
	}
	var o showObject
	if err := json.Unmarshal([]byte(llamad(t, "", "show", "--json", smollm2(t))), &o); err != nil {
		t.Fatal(err)
	}
	if o.Architecture != "llama" || o.Quantization != "Q4_1" || len(o.Tensors) == 0 || o.Memory.Weights != o.Size || o.TrainedContext != 8192 ||
		!o.Memory.Fits || o.Memory.Cure != "" || o.Memory.Available <= 0 || o.Memory.AvailableFrom == "" {
		t.Errorf("%+v", o)
	}
}

// What does not fit is shown all the same, with what would; run refuses it with
// the same words and numbers.
func TestShowWhatDoesNotFit(t *testing.T) {
	model := smollm2(t)
	memory := func(config string) (p showPlan) {
		t.Helper()
		if err := json.Unmarshal([]byte(llamad(t, "", "show", "--memory", "--json", "--config", config, model)), &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	configure := func(text string) string {
		path := filepath.Join(t.TempDir(), "llamad.toml")
		if err := os.WriteFile(path, []byte("[memory]\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	least := memory(configure("context = 512\nkv = \"q8_0\""))
	budget := least.Total - int64(least.Slots-1)*least.KV/int64(least.Slots) - 1e6
	config := configure(fmt.Sprintf("budget = %d\nkv = \"q8_0\"", budget))
	p := memory(config)
	if p.Fits || p.Total != budget+1e6 || p.Context != 512 || p.Slots != 1 || p.LargestContext < 256 || p.LargestContext >= 512 {
		t.Errorf("%+v", p)
	}
	cure := fmt.Sprintf("the largest context that fits is %d: set memory.context to it", p.LargestContext)
	if p.Cure != cure {
		t.Errorf("cure %q, want %q", p.Cure, cure)
	}
	shown := llamad(t, "", "show", "--memory", "--config", config, model)
	if !strings.Contains(shown, "\nIt would be refused: "+cure+".\n") || strings.Contains(shown, "Tensors") || !strings.Contains(shown, "In smaller formats\n  Q4_0  about 76 MB  context") {
		t.Errorf("shown:\n%s", shown)
	}

	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"run", "--config", config, model, "Hello"}, strings.NewReader(""), &out, &errs, nil)
	table, _, _ := strings.Cut(shown[strings.Index(shown, "  weights"):], "\n  available")
	if code != exitFailure || out.Len() > 0 || !strings.Contains(errs.String(), cure+"\n"+table) {
		t.Errorf("run exits with %d: %s\nwant the table\n%s", code, errs.String(), table)
	}
}
