package main

import (
	"io/fs"
	"runtime"
	"strings"
)

// boardName is what the machine below root calls itself: a board its model,
// anything else its processor.
func boardName(root fs.FS) string {
	if model, err := fs.ReadFile(root, "proc/device-tree/model"); err == nil {
		return strings.TrimRight(string(model), "\x00\n") // a C string
	}
	cpus, _ := fs.ReadFile(root, "proc/cpuinfo")
	for line := range strings.Lines(string(cpus)) {
		name, value, _ := strings.Cut(line, ":")
		if strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
