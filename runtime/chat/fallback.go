package chat

import "llamad/runtime/tokenizer"

// The two ways of writing a conversation that most small models know. TinyLlama
// was trained on the first, with its end of sequence after every turn; SmolLM2,
// Qwen2 and many others on the second.
const (
	zephyr = `{% for m in messages %}{{ '<|' + m.role + '|>\n' + m.content + eos_token + '\n' }}{% endfor %}` +
		`{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %}`
	chatml = `{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}` +
		`{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}`
)

// fallback chooses by the vocabulary: ChatML if it has ChatML's control tokens.
func fallback(tok *tokenizer.Tokenizer) (name, source string) {
	if tok.Lookup("<|im_start|>") != tokenizer.None && tok.Lookup("<|im_end|>") != tokenizer.None {
		return "chatml", chatml
	}
	return "zephyr", zephyr
}
