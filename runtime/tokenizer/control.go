package tokenizer

// A converter sometimes marks an end of turn, or another token that text must
// never spell, as a normal one. llama.cpp therefore takes tokens with these texts
// for control tokens whatever their type.
var controlTexts = textSet(
	// ends of a turn or a text
	"<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>",
	"</s>", "<eos>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]", "<｜end▁of▁sentence｜>", "<end_of_utterance>",
	"<|return|>", "<|call|>", "<|calls|>", "<|flush|>", "<turn|>", "<|tool_response>", "[e~[",
	// the parts of fill-in-the-middle
	"<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>", "<PRE>", "▁<PRE>", "<|code_prefix|>", "<|prefix|>",
	"<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>", "<SUF>", "▁<SUF>", "<|code_suffix|>", "<|suffix|>",
	"<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>", "<MID>", "▁<MID>", "<|code_middle|>", "<|middle|>",
	"<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]",
	"<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>", "<|file_sep|>",
)

// endTexts are the control tokens that end a turn. A file names one or two of
// them as eos and eot; a model may well emit another.
var endTexts = textSet(
	"</s>", "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|endoftext|>", "<|end|>", "<end_of_turn>",
)

func textSet(texts ...string) map[string]bool {
	set := make(map[string]bool, len(texts))
	for _, text := range texts {
		set[text] = true
	}
	return set
}

// marks tells what token i is beyond its text.
func (c *Config) marks(i int) uint8 {
	var marks uint8
	switch typ := c.typeOf(i); {
	case typ == typeControl, typ == typeUnknown, controlTexts[c.Tokens[i]]:
		marks = markControl
	case typ == typeUserDefined:
		marks = markUserDefined
	}
	if id := ID(i); id == c.EOS || id == c.EOT || id == c.EOM || marks&markControl != 0 && endTexts[c.Tokens[i]] {
		marks |= markEOG
	}
	return marks
}
