package llm

const (
	// heapBase is what Go's own runtime and a process that waits take.
	heapBase = 4 << 20

	// GCPercent is how much garbage a plan allows for, in percent of what lives:
	// what Go's collector has to be set to. It lies below Go's default because a
	// token makes no garbage, and what lives is cheap to go through: a vocabulary
	// holds no pointers.
	GCPercent = 25

	// templateFactor is a compiled chat template, in multiples of its source.
	templateFactor = 12
)

// heap is what the open model and the process around it keep on Go's heap, with
// the garbage that has not been collected yet.
func (m *Model) heap() int64 {
	lives := m.tokens.Bytes() + m.model.HeapBytes() + templateFactor*m.source
	return heapBase + lives*(100+GCPercent)/100
}
