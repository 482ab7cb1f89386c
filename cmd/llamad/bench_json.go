package main

import (
	"encoding/json"
	"time"
)

// benchObject is a row as JSON: the fields that llama-bench has, under its names,
// and below them ours.
type benchObject struct {
	BuildCommit   string    `json:"build_commit"`
	CPUInfo       string    `json:"cpu_info"`
	Backends      string    `json:"backends"`
	ModelFilename string    `json:"model_filename"`
	ModelType     string    `json:"model_type"`
	ModelSize     int64     `json:"model_size"`
	ModelNParams  int64     `json:"model_n_params"`
	NThreads      int       `json:"n_threads"`
	NPrompt       int       `json:"n_prompt"`
	NGen          int       `json:"n_gen"`
	TestTime      string    `json:"test_time"`
	AvgNS         int64     `json:"avg_ns"`
	StddevNS      int64     `json:"stddev_ns"`
	AvgTS         float64   `json:"avg_ts"`
	StddevTS      float64   `json:"stddev_ts"`
	SamplesNS     []int64   `json:"samples_ns"`
	SamplesTS     []float64 `json:"samples_ts"`

	KernelClass string         `json:"kernel_class"`
	Kernels     []benchKernels `json:"kernels"`
	Throttled   *bool          `json:"throttled"` // null where the board cannot tell

	// Of rows that time an answer.
	BytesPerToken int64   `json:"bytes_per_token,omitempty"`      // weights read for one
	ReadGBS       float64 `json:"memory_read_gb_s,omitempty"`     // by the same threads, 1e9 bytes a second
	LimitTS       float64 `json:"memory_limit_ts,omitempty"`      // tokens a second that would take all of that
	LimitPercent  float64 `json:"memory_limit_percent,omitempty"` // of them that answers reach
}

// benchKernels is what multiplies the weights of one format.
type benchKernels struct {
	Format string `json:"format"`
	Bytes  int64  `json:"bytes"`
	Gen    string `json:"gen"`
	Prompt string `json:"prompt"`
}

func (b *bench) writeJSON() error {
	objects := make([]benchObject, len(b.rows))
	for i := range b.rows {
		objects[i] = b.object(&b.rows[i])
	}
	enc := json.NewEncoder(b.app.stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(objects)
}

func (b *bench) object(r *benchRow) benchObject {
	o := benchObject{
		BuildCommit: version + commit(), CPUInfo: b.board, Backends: "CPU",
		ModelFilename: b.file, ModelType: b.kind, ModelSize: b.size, ModelNParams: b.info.Parameters,
		NThreads: r.threads, NPrompt: r.prompt, NGen: r.answer,
		TestTime:  r.began.UTC().Format(time.RFC3339),
		SamplesTS: r.speeds(), KernelClass: b.info.Kernel, Throttled: b.throttled,
	}
	mean, deviation := spread(r.nanoseconds())
	o.AvgNS, o.StddevNS = int64(mean), int64(deviation)
	o.AvgTS, o.StddevTS = spread(o.SamplesTS)
	for _, d := range r.samples {
		o.SamplesNS = append(o.SamplesNS, d.Nanoseconds())
	}
	for _, k := range b.info.Kernels {
		o.Kernels = append(o.Kernels, benchKernels{Format: k.Format, Bytes: k.Bytes, Gen: k.Decode, Prompt: k.Prefill})
	}
	if r.answer > 0 {
		o.BytesPerToken, o.ReadGBS = b.tokenBytes, r.readSpeed/1e9
		o.LimitTS, o.LimitPercent = b.limit(r)
	}
	return o
}
