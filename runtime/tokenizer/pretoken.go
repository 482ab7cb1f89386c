package tokenizer

import "strings"

// preTokenizer cuts a text into the words that BPE merges inside of. Models were
// trained with regular expressions for this; here each is a scanner that never
// looks back, so that time is linear in any text.
type preTokenizer struct {
	names  string    // values of tokenizer.ggml.pre
	stages []scanner // each cuts the pieces of the one before
	whole  bool      // a word that is a token is taken as it is, without merging
	addBOS bool      // where the file doesn't say
}

// scanner returns the length of the word that a text, which is not empty, begins
// with. It sees no further than the piece it was given.
type scanner func(text string) int

// preTokenizers is the table of those llamad knows. A new one is a row and, if no
// scanner fits, a file.
var preTokenizers = [...]preTokenizer{
	{names: "default", stages: []scanner{scanPunctuation, scanGPT2, scanNumbers, scanThreeDigits}},
	{names: "gpt-2 phi-2 olmo mpt", stages: []scanner{scanGPT2}},
	{names: "smollm starcoder refact command-r codeshell", stages: []scanner{scanSingleNumbers, scanGPT2}},
	{names: "llama-bpe llama3 llama-v3 falcon3", stages: []scanner{scanLlama3}, whole: true, addBOS: true},
	{names: "qwen2 deepseek-r1-qwen megrez", stages: []scanner{scanQwen2}},
}

func lookupPreTokenizer(name string) (*preTokenizer, error) {
	if name == "" {
		name = "default"
	}
	var known []string
	for i := range preTokenizers {
		names := strings.Fields(preTokenizers[i].names)
		for _, n := range names {
			if n == name {
				return &preTokenizers[i], nil
			}
		}
		known = append(known, names[0])
	}
	return nil, fault(keyPre, "is %.80q: expected one of %s", name, strings.Join(known, ", "))
}

// split calls yield with every word of a text, in order.
func (p *preTokenizer) split(text string, yield func(word string)) {
	splitStages(p.stages, text, yield)
}

func splitStages(stages []scanner, text string, yield func(word string)) {
	for len(text) > 0 {
		n := stages[0](text)
		if len(stages) == 1 {
			yield(text[:n])
		} else {
			splitStages(stages[1:], text[:n], yield)
		}
		text = text[n:]
	}
}
