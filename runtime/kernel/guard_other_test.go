//go:build !linux

package kernel

import "testing"

// Without guard pages there are no edges to tell apart.
type edge int

const back edge = 0

var edges = []edge{back}

func (e edge) String() string { return "heap" }

func guarded[T any](t testing.TB, at edge, n int) []T { return make([]T, n) }
