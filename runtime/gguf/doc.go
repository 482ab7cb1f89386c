// Package gguf reads GGUF model files, versions 2 and 3, little-endian, from the
// bytes of a mapped file, and trusts none of them.
//
//	f, err := gguf.Parse(file.Bytes())
//	arch, err := f.String("general.architecture")
//	t, ok := f.Tensor("token_embd.weight")
//
// Every count and length is held against a limit and against the bytes that are
// left before anything is allocated for it, and becomes an int only then. A file
// that is refused gives an *Error with the field, its offset in the file, what
// was expected and what to do. What is read:
//
//	magic "GGUF" | version u32 | tensor_count u64 | metadata_kv_count u64
//	metadata: key string | value type u32 | value              (per key)
//	tensors:  name string | n_dims u32 | dims u64... | type u32 | offset u64
//	padding to general.alignment (32 where the key is absent)
//	tensor data, each padded to the alignment
//
// A string is its length as u64 and its bytes. An array is its element type u32,
// its length u64 and its elements.
//
// Parse walks and checks everything but copies only keys, names and dimensions.
// Values are decoded from the file when a getter asks for them, and a tensor's
// Data is a view: neither may be used after the file is unmapped. What getters
// return is a copy and stays.
//
// As in llama.cpp, and stricter than the format's text, arrays of arrays are
// refused and tensor data must lie in the order of the tensors, without gaps.
//
// Writer makes such files for tests, also wrong ones.
//
// The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
package gguf
