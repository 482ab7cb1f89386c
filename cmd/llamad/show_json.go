package main

import (
	"encoding/json"
	"io"

	"llamad/runtime/llm"
	"llamad/runtime/memory"
)

// showObject is a model as JSON. Sizes are bytes.
type showObject struct {
	Name           string       `json:"name"`
	Architecture   string       `json:"architecture"`
	Parameters     int64        `json:"parameters"`
	Quantization   string       `json:"quantization"`
	Size           int64        `json:"size"`
	Context        int          `json:"context"`
	TrainedContext int          `json:"trained_context"`
	Template       string       `json:"template"` // "file", "zephyr" or "chatml"
	Kernel         string       `json:"kernel"`
	Tensors        []showTensor `json:"tensors"`
	Memory         showPlan     `json:"memory"`
}

type showTensor struct {
	Name   string `json:"name"`
	Format string `json:"format"`
	Count  int    `json:"count"`
	Bytes  int64  `json:"bytes"`
}

// showPlan is what running it would take.
type showPlan struct {
	Weights   int64 `json:"weights"`
	Program   int64 `json:"program"`
	KV        int64 `json:"kv"` // of all slots
	Slots     int   `json:"slots"`
	Scratch   int64 `json:"scratch"`
	Heap      int64 `json:"heap"`
	HeldBack  int64 `json:"held_back"`
	Anonymous int64 `json:"anonymous"` // kv, scratch and heap
	Total     int64 `json:"total"`
	Budget    int64 `json:"budget"`

	Available     int64  `json:"available"`
	AvailableFrom string `json:"available_from"`

	Context        int          `json:"context"`
	LargestContext int          `json:"largest_context"`
	Fits           bool         `json:"fits"`
	Cure           string       `json:"cure,omitempty"` // where it does not
	Formats        []showFormat `json:"formats"`        // smaller ones
}

type showFormat struct {
	Format  string `json:"format"`
	Size    int64  `json:"size"`    // about
	Context int    `json:"context"` // 0 where it does not fit either
}

// writeShowJSON writes the model, or its memory alone.
func writeShowJSON(w io.Writer, d *llm.Description, available memory.Room, memoryOnly bool) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	plan := showPlanOf(&d.Plan, available)
	if memoryOnly {
		return enc.Encode(plan)
	}
	i := d.Info
	o := showObject{Name: i.Name, Architecture: i.Architecture, Parameters: i.Parameters, Quantization: i.Quantization, Size: i.SizeBytes,
		Context: i.Context, TrainedContext: i.TrainedContext, Template: i.Template, Kernel: i.Kernel, Memory: plan}
	for _, k := range d.Tensors {
		o.Tensors = append(o.Tensors, showTensor(k))
	}
	return enc.Encode(o)
}

func showPlanOf(p *llm.Plan, available memory.Room) showPlan {
	o := showPlan{Weights: p.Weights, Program: p.Program, KV: int64(p.Slots) * p.KV, Slots: p.Slots, Scratch: p.Scratch, Heap: p.Heap,
		HeldBack: p.Headroom, Anonymous: p.Anonymous(), Total: p.Total(), Budget: p.Budget, Available: available.Bytes, AvailableFrom: available.From,
		Context: p.Context, LargestContext: p.Largest, Fits: p.Fits(), Formats: []showFormat{}}
	if !o.Fits {
		o.Cure = p.Cure()
	}
	for _, f := range p.Files {
		o.Formats = append(o.Formats, showFormat{f.Format, f.Weights, f.Context})
	}
	return o
}
