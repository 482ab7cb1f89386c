package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"llamad/runtime/llm"
)

// model looks whether the model would open, unless the service has opened it. It
// takes no memory, which may be just what is short.
func (e *examination) model() verdict {
	if e.config == nil {
		return noConfiguration
	}
	path, err := e.config.Model.File()
	if err != nil {
		return sick(err)
	}
	c, online := e.online()
	if online && c.Info.Status == "ready" && c.Info.Model != nil {
		m := c.Info.Model
		return verdict{fine, fmt.Sprintf("the service has %s open: %s, %s kernels, context %d", m.Name, m.Quantization, c.Info.Kernel, m.Context), ""}
	}
	o := modelOptions(e.config, e.app.environ)
	o.TemplateTrial = trial()
	d, err := llm.Inspect(e.ctx, path, o)
	if err == nil && !d.Plan.Fits() {
		err = &llm.BudgetError{Plan: d.Plan}
	}
	if err != nil {
		return sick(unservable(path, err))
	}
	i, plan := d.Info, d.Plan
	v := verdict{fine, fmt.Sprintf("%s: %s, %s, %s kernels, context %d; %.0f of %.0f MB of memory",
		path, i.Architecture, i.Quantization, i.Kernel, i.Context, float64(plan.Total())/1e6, float64(plan.Budget)/1e6), ""}
	if len(i.Warnings) > 0 {
		v.grade, v.found = odd, v.found+"\n"+strings.Join(i.Warnings, "\n")
	}
	if online && c.Info.Message != "" { // who may do what we may not, or the other way round
		v.grade, v.found = broken, v.found+"\nbut the service says: "+c.Info.Message
	}
	return v
}

// slowStart is how many seconds of reading a model are worth a word.
const slowStart = 20

// storage measures what lies below the model.
func (e *examination) storage() verdict {
	if e.config == nil {
		return noConfiguration
	}
	path, err := e.config.Model.File()
	if err != nil {
		return verdict{unasked, "there is no model to read", ""}
	}
	path = withoutLinks(path)
	disk := e.board().DiskOf(path).String()
	r, err := e.machine.readSpeed(e.ctx, path)
	if err != nil {
		return verdict{unasked, disk + ": " + err.Error(), ""}
	}
	if r.Size == 0 {
		return verdict{unasked, disk + ": the model is empty", ""}
	}
	seconds := float64(r.Size) / r.PerSecond
	v := verdict{fine, fmt.Sprintf("%s: %.0f MB/s, the model (%s) is read in %.1f s", disk, r.PerSecond/1e6, gigabytes(r.Size), seconds), ""}
	if seconds > slowStart {
		v.grade, v.cure = odd, "put the models on an SSD at USB 3 or on NVMe, or use a model in a smaller format"
	}
	return v
}

// withoutLinks follows the symbolic links in a path: a model may be one into a
// download cache.
func withoutLinks(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// roomForModels is what a small model takes.
const roomForModels = 1e9

func (e *examination) diskSpace() verdict {
	if e.config == nil {
		return noConfiguration
	}
	dir := e.config.Model.Directory
	if e.config.Model.Path != "" {
		dir = filepath.Dir(e.config.Model.Path)
	}
	free, err := e.machine.free(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return verdict{odd, "there is no directory " + dir, "sudo mkdir -p " + dir}
	case err != nil:
		return verdict{unasked, err.Error(), ""}
	}
	v := verdict{fine, fmt.Sprintf("%s free in %s", gigabytes(free), dir), ""}
	if free < roomForModels {
		v.grade, v.cure = odd, "remove what is not needed: ls -lhS "+dir+"; sudo apt clean; sudo journalctl --vacuum-size=100M"
	}
	return v
}
