// Package sample chooses the next token from a model's logits, reproducibly.
//
//	s := sample.New(sample.Params{Temperature: 0.3, TopK: 40, TopP: 0.95, Seed: 1}, vocab)
//	id, err := s.Sample(logits)
//	s.Accept(id)
//
// Order and meaning are llama-cpp-python's (0.3.36, generate):
//
//  1. repeat penalty over the last accepted tokens. Only generated tokens are
//     accepted there, never those of the prompt. A token's logit is divided by
//     the penalty where positive, multiplied where not, once however often it came.
//  2. temperature 0: the token with the highest logit, and the lowest id of
//     equals. Otherwise:
//  3. top_k: the k highest logits stay.
//  4. top_p: of these, the likeliest whose probabilities sum to at least p.
//  5. min_p: of these, the ones at least min_p times as likely as the likeliest.
//  6. temperature: logits are divided by it.
//  7. a draw by the resulting probabilities.
//
// The filters come before the temperature, so they judge the model's own
// distribution, not the flattened one. At least one token always stays.
//
// One seed and the same logits give the same tokens on every machine and with
// every version: the generator is PCG-DXSM with 128 bits of state (math/rand/v2,
// whose output for a seed does not change), the exponential is the one in exp.go,
// and no product is fused with a sum. llama.cpp's own draws are not reproduced.
//
// The sampler holds no lock and starts no goroutine; Sample allocates nothing.
package sample
