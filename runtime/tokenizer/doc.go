// Package tokenizer turns text into the ids a model knows and ids back into
// text. It knows the two kinds of vocabulary that llama and qwen2 files carry:
//
//	llama  SentencePiece: characters merged by score, bytes as the fallback
//	gpt2   byte-level BPE: a pre-tokenizer cuts words, bytes are merged by rank
//
// What a text becomes is what llama.cpp makes of it, id for id, with two
// differences that are on purpose: a beginning of sequence is never put before
// one that the text already has, and a control token is never the result of
// merging, so that plain text cannot spell one in any vocabulary.
//
// A Config is filled from the metadata of a GGUF file:
//
//	tokenizer.ggml.model             Model
//	tokenizer.ggml.pre               Pre             "" where absent
//	tokenizer.ggml.tokens            Tokens
//	tokenizer.ggml.scores            Scores          nil where absent
//	tokenizer.ggml.token_type        Types           nil where absent
//	tokenizer.ggml.merges            Merges          nil where absent
//	tokenizer.ggml.bos_token_id      BOS             None where absent, like the next four
//	tokenizer.ggml.eos_token_id      EOS
//	tokenizer.ggml.unknown_token_id  UNK
//	tokenizer.ggml.eot_token_id      EOT
//	tokenizer.ggml.eom_token_id      EOM
//	tokenizer.ggml.add_bos_token     AddBOS          nil where absent, like the next two
//	tokenizer.ggml.add_eos_token     AddEOS
//	tokenizer.ggml.add_space_prefix  AddSpacePrefix
//
// The vocabulary of such a file is not to be trusted. New checks all of it and
// names the key in its errors; nothing that comes after can fail.
//
// A Tokenizer never changes and may be used by many goroutines.
package tokenizer
