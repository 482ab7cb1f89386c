package sample

// Candidate is a token with its log-probability.
type Candidate struct {
	ID      int32
	Logprob float32
}

// Top lists the n tokens of highest log-probability, first the likeliest, of
// equals the lowest id. It writes over dst and returns it, grown where needed.
func Top(dst []Candidate, logprobs []float32, n int) []Candidate {
	// Twenty alternatives are the most that anybody asks for; more go to the heap.
	var room [32]int32
	dst = dst[:0]
	for _, id := range top(room[:0], logprobs, n) {
		dst = append(dst, Candidate{ID: id, Logprob: logprobs[id]})
	}
	return dst
}

// top appends to ids, which is empty, the n ids of highest value, in their order.
// It sorts only those: of a vocabulary's values nearly all fail one comparison
// with the least of the n so far, which is the root of a heap.
func top(ids []int32, value []float32, n int) []int32 {
	if n = min(n, len(value)); n <= 0 {
		return ids
	}
	for id := range int32(n) {
		ids = append(ids, id)
	}
	for i := n/2 - 1; i >= 0; i-- {
		sink(ids, i, value)
	}
	for i, v := range value[n:] {
		if v > value[ids[0]] { // an equal one has a higher id, and comes later
			ids[0] = int32(n + i)
			sink(ids, 0, value)
		}
	}
	for last := n - 1; last > 0; last-- {
		ids[0], ids[last] = ids[last], ids[0]
		sink(ids[:last], 0, value)
	}
	return ids
}

// sink moves the id at i down to its place in a heap whose root is the last in order.
func sink(heap []int32, i int, value []float32) {
	for {
		child := 2*i + 1
		if child >= len(heap) {
			return
		}
		if right := child + 1; right < len(heap) && before(value, heap[child], heap[right]) {
			child = right
		}
		if before(value, heap[child], heap[i]) {
			return
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}

// before orders ids by falling value, equal ones by rising id: an order without
// ties, so that equal logits give the same tokens everywhere.
func before(value []float32, a, b int32) bool {
	if value[a] != value[b] {
		return value[a] > value[b]
	}
	return a < b
}
