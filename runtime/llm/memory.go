package llm

// Memory reports the four figures that are kept apart.
func (m *Model) Memory() Memory {
	resident, err := m.file.Resident()
	if err != nil {
		resident = -1 // the hardened service may not ask; better unknown than wrong
	}
	m.mu.Lock()
	kv := int64(len(m.slots)) * m.plan.KV
	m.mu.Unlock()
	return Memory{Anonymous: anonymous(), Resident: resident, KV: kv, Budget: m.plan.Budget}
}
