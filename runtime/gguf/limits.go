package gguf

// Limits of what is believed. Real files stay far below: the largest
// vocabularies have 256 Ki tokens and take some 15 MB of metadata.
const (
	maxKeys      = 4096
	maxTensors   = 16384
	maxDims      = 4
	maxKey       = 1<<16 - 1 // bytes, as the format says
	maxName      = 63        // bytes of a tensor's name: 64 with the NUL that llama.cpp keeps
	maxString    = 1 << 20   // bytes
	maxTemplate  = 64 << 10  // bytes of tokenizer.chat_template, which is a program
	maxArray     = 1 << 20   // elements
	maxAlignment = 1 << 16
	maxMetadata  = 64 << 20 // bytes before the tensor data

	defaultAlignment = 32

	// The fewest bytes that a key with its value, and a tensor's entry, can take.
	minEntryBytes  = 8 + 4 + 1         // length of the key, type, a bool
	arrayHeadBytes = 4 + 8             // element type, length
	minTensorBytes = 8 + 4 + 8 + 4 + 8 // length of the name, n_dims, one dim, type, offset
)

const (
	keyAlignment    = "general.alignment"
	keyChatTemplate = "tokenizer.chat_template"
)
