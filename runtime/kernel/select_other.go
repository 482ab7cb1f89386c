//go:build !arm64 && !amd64

package kernel

func assembly() []*Set { return nil }
