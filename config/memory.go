package config

// Memory bounds what llamad takes.
type Memory struct {
	Budget     Budget // weights, KV cache, scratch and heap together
	Context    int    // tokens; 0 is the smaller of the model's own and 2,048
	MinContext int    // tokens; Context 0 is shrunk no further than this to fit the budget
	KV         string // "f16" or "q8_0"
	Lock       bool
}

var memoryRows = []row[Memory]{
	field(Key{Name: "budget", Unit: "bytes or share of the available memory",
		Text: "most memory that model, context and daemon may take together", Expected: budgetExpected},
		"75%", func(m *Memory) *Budget { return &m.Budget }, budgetOf),
	whole("context", 0, "tokens", "prompt and answer together; 0 is the model's own, at most 2048, shrunk to fit the budget", 0, 1<<20,
		func(m *Memory) *int { return &m.Context }),
	whole("min_context", 512, "tokens", "a context of 0 is never shrunk below this", 16, 1<<20,
		func(m *Memory) *int { return &m.MinContext }),
	choice("kv", "f16", "format of the KV cache; q8_0 takes about half the memory of f16", []string{"f16", "q8_0"},
		func(m *Memory) *string { return &m.KV }),
	toggle("lock", false, "keep the model in memory (mlock); the service needs LimitMEMLOCK= for it",
		func(m *Memory) *bool { return &m.Lock }),
}
