package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"llamad/runtime/llm"
	"llamad/runtime/shape"
)

func seconds(values ...float64) (d []time.Duration) {
	for _, v := range values {
		d = append(d, time.Duration(v*float64(time.Second)))
	}
	return d
}

// pi5 is a run as a Pi 5 may give it.
func pi5(out *bytes.Buffer) *bench {
	cool := false
	return &bench{
		benchOptions: &benchOptions{app: &app{stdout: out}},
		fastest:      2,
		board:        "Raspberry Pi 5 Model B Rev 1.0",
		file:         "tinyllama-1.1b.gguf",
		kind:         "llama 1.1B Q4_K",
		size:         667_815_936,
		tokenBytes:   630_000_000,
		throttled:    &cool,
		info: llm.Info{Kernel: "dotprod", Parameters: 1_100_048_384, Kernels: []llm.FormatKernels{
			{Format: "Q4_K", Bytes: 500_000_000, Decode: "GemvDotQ4_K", Prefill: "GemmDot32Min"},
			{Format: "Q6_K", Bytes: 130_000_000, Decode: "portable", Prefill: "portable"}}},
		rows: []benchRow{
			{prompt: 512, threads: 4, samples: seconds(4.9, 5, 5.1), began: time.Unix(1760000000, 0)},
			{answer: 128, threads: 2, samples: seconds(7.1, 7.3), readSpeed: 13.8e9},
		},
	}
}

func (b *bench) table(t *testing.T) string {
	t.Helper()
	err := b.writeHead()
	for i := range b.rows {
		err = errors.Join(err, b.writeRow(&b.rows[i]))
	}
	if err := errors.Join(err, b.writeWords()); err != nil {
		t.Fatal(err)
	}
	return b.app.stdout.(*bytes.Buffer).String()
}

func TestBenchTable(t *testing.T) {
	const want = `| model                          |       size |     params | backend    | threads |            test |                  t/s |
| ------------------------------ | ---------: | ---------: | ---------- | ------: | --------------: | -------------------: |
| llama 1.1B Q4_K                | 636.88 MiB |     1.10 B | dotprod    |       4 |           pp512 |        102.43 ± 2.05 |
| llama 1.1B Q4_K                | 636.88 MiB |     1.10 B | dotprod    |       2 |           tg128 |         17.78 ± 0.35 |

Raspberry Pi 5 Model B Rev 1.0, dotprod kernels: Q4_K by GemvDotQ4_K and GemmDot32Min, Q6_K by portable.
tg128: a token takes 630.0 MB of weights, which 2 threads (the fastest number) can read 21.9 times a second (13.8 GB/s). Answers reach 81 % of that.
The memory sets the pace of answers: a smaller format or model is faster, more threads are not.
`
	if got := pi5(new(bytes.Buffer)).table(t); got != want {
		t.Errorf("the table is\n%s\nwant\n%s", got, want)
	}

	slow := pi5(new(bytes.Buffer))
	hot := true
	slow.throttled, slow.fastest, slow.rows = &hot, 0, []benchRow{{answer: 16, threads: 1, samples: seconds(2), readSpeed: 13.8e9}}
	const wantSlow = `
tg16: a token takes 630.0 MB of weights, which 1 thread can read 21.9 times a second (13.8 GB/s). Answers reach 37 % of that.
The memory could give more: the cores set the pace of answers, or other work on this machine does.
Heat or a weak power supply slows this board down now: mend that and time again.
`
	if got := slow.table(t); !strings.HasSuffix(got, wantSlow) || !strings.Contains(got, " 8.00 ± 0.00 |") {
		t.Errorf("the table of a hot board is\n%s\nwant at its end\n%s", got, wantSlow)
	}
}

func TestBenchJSON(t *testing.T) {
	var out bytes.Buffer
	if err := pi5(&out).writeJSON(); err != nil {
		t.Fatal(err)
	}
	var rows []map[string]any
	if err := json.Unmarshal(out.Bytes(), &rows); err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, want := range []map[string]any{
		{"n_prompt": 512.0, "n_gen": 0.0, "n_threads": 4.0, "avg_ns": 5e9, "stddev_ns": 1e8, "avg_ts": 102.427, "stddev_ts": 2.049,
			"model_filename": "tinyllama-1.1b.gguf", "model_type": "llama 1.1B Q4_K", "model_size": 667815936.0, "model_n_params": 1100048384.0,
			"cpu_info": "Raspberry Pi 5 Model B Rev 1.0", "backends": "CPU", "test_time": "2025-10-09T08:53:20Z", "kernel_class": "dotprod", "throttled": false},
		{"n_prompt": 0.0, "n_gen": 128.0, "n_threads": 2.0, "avg_ts": 17.781, "bytes_per_token": 630e6, "memory_read_gb_s": 13.8,
			"memory_limit_ts": 21.905, "memory_limit_percent": 81.175},
	} {
		for key, v := range want {
			got := rows[i][key]
			if n, is := got.(float64); is {
				got = math.Round(n*1000) / 1000
			}
			if got != v {
				t.Errorf("row %d: %s is %v, want %v", i, key, rows[i][key], v)
			}
		}
	}
	if ns, ts := rows[0]["samples_ns"].([]any), rows[0]["samples_ts"].([]any); len(ns) != 3 || ns[0] != 4.9e9 || len(ts) != 3 || ts[1] != 102.4 {
		t.Errorf("samples %v, %v", ns, ts)
	}
	if _, has := rows[0]["memory_limit_percent"]; has {
		t.Error("a row of a prompt has a limit of answers")
	}
	if k := rows[0]["kernels"].([]any)[0].(map[string]any); k["format"] != "Q4_K" || k["gen"] != "GemvDotQ4_K" || k["prompt"] != "GemmDot32Min" {
		t.Errorf("kernels %v", k)
	}
}

// tinyModel is a file that is timed in no time.
func tinyModel(t *testing.T) string {
	t.Helper()
	s := shape.Shape{Name: "tiny", Architecture: "llama", Layers: 2, Dim: 64, Hidden: 128, Heads: 2, KVHeads: 1,
		Vocab: 300, Context: 256, Eps: 1e-5, RopeBase: 1e4}
	format, err := s.Format("Q8_0")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "tiny.gguf"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Write(file, format), file.Close()); err != nil {
		t.Fatal(err)
	}
	return file.Name()
}

// What a run shows, but for the figures.
func TestBench(t *testing.T) {
	out := llamad(t, "", "bench", tinyModel(t), "-p", "8,130", "-n", "4", "-t", "1", "-r", "2")
	for _, replaced := range []struct{ pattern, by string }{
		{` +\d+\.\d\d ± \d+\.\d\d \|`, " SPEED |"},
		{`(?m)^.*, \w+ kernels: .*$`, "BOARD, KERNELS"},
		{`can read \d+\.\d times a second \(\d+\.\d GB/s\). Answers reach \d+ %`, "CAN READ"},
		{`(?m)^The memory .*$`, "ADVICE"},
		{`\| +(portable|avx2|avx512vnni|neon|dotprod) +\|`, "| CLASS |"},
	} {
		out = regexp.MustCompile(replaced.pattern).ReplaceAllString(out, replaced.by)
	}
	const want = `| model                          |       size |     params | backend    | threads |            test |                  t/s |
| ------------------------------ | ---------: | ---------: | ---------- | ------: | --------------: | -------------------: |
| llama 0M Q8_0                  |   0.11 MiB |     0.11 M | CLASS |       1 |             pp8 | SPEED |
| llama 0M Q8_0                  |   0.11 MiB |     0.11 M | CLASS |       1 |           pp130 | SPEED |
| llama 0M Q8_0                  |   0.11 MiB |     0.11 M | CLASS |       1 |             tg4 | SPEED |

BOARD, KERNELS
tg4: a token takes 0.1 MB of weights, which 1 thread CAN READ of that.
ADVICE
`
	if out != want {
		t.Errorf("the run shows\n%s\nwant\n%s", out, want)
	}
}

// Without a file the weights lie in memory, and nothing else differs.
func TestBenchShape(t *testing.T) {
	out := llamad(t, "", "bench", "--shape", "smollm2-135m", "--format", "q4_0", "-p", "4", "-n", "1", "-r", "1", "-o", "json")
	var rows []benchObject
	if err := json.Unmarshal([]byte(out), &rows); err != nil || len(rows) != 2 {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, r := range rows {
		if r.ModelFilename != "smollm2-135m Q4_0, random weights" || r.ModelType != "llama 135M Q4_0" || r.ModelNParams != 134515008 ||
			len(r.Kernels) != 1 || r.Kernels[0].Format != "Q4_0" || r.CPUInfo == "" || !(r.AvgTS > 0) || r.NThreads < 1 {
			t.Errorf("row %+v", r)
		}
	}
	if g := rows[1]; g.NGen != 1 || g.BytesPerToken < 75e6 || g.BytesPerToken > 76e6 || !(g.ReadGBS > 0) || !(g.LimitPercent > 0) {
		t.Errorf("row of an answer %+v", g)
	}
}

func TestBenchIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out := &interrupter{interrupt: cancel} // at the head of the table
	var errs bytes.Buffer
	code := run(ctx, []string{"bench", tinyModel(t)}, strings.NewReader(""), out, &errs, nil)
	if code != exitFailure || errs.String() != "llamad: bench: interrupted\n" || strings.Count(out.String(), "\n") != 2 {
		t.Errorf("exit %d, errors %q, output\n%s", code, errs.String(), out.String())
	}
}

func TestBenchRefusesMoreThreadsThanCores(t *testing.T) {
	var out bytes.Buffer
	code := run(t.Context(), []string{"bench", "-t", "1,256", "x.gguf"}, strings.NewReader(""), &out, &out, nil)
	if code != exitUsage || !strings.HasPrefix(out.String(), "llamad: bench: --threads: is 256, and this machine has ") {
		t.Errorf("exit %d: %s", code, out.String())
	}
}

func TestNumbers(t *testing.T) {
	n := numbers{values: []int{512}, low: 1, high: 600}
	if n.String() != "512" {
		t.Errorf("the default is shown as %q", n.String())
	}
	if err := errors.Join(n.Set("1,2"), n.Set("600")); err != nil || !slices.Equal(n.values, []int{1, 2, 600}) {
		t.Errorf("values %v, %v", n.values, err)
	}
	for _, bad := range []string{"", "x", "0", "601", "1,,2", "1.5"} {
		n := numbers{low: 1, high: 600}
		if err := n.Set(bad); err == nil || !strings.Contains(err.Error(), "expected whole numbers from 1 to 600") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
