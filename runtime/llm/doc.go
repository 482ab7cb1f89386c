// Package llm opens a model within a memory budget and turns messages into
// text.
//
//	m, err := llm.Open(ctx, "tinyllama-1.1b-chat-v1.0.Q8_0.gguf", llm.Options{})
//	ids, err := m.Encode(llm.Prompt{Text: "Who are you?"})
//	s, err := m.Session("")
//	defer s.Close()
//	for text, err := range s.Generate(ctx, ids, llm.Defaults()) {
//		...
//	}
//	r := s.Result()
//
// Session.Choose in the place of Generate answers with the likeliest of some texts.
//
// One session generates at a time; the KV state that a closed session leaves
// behind is kept while the budget allows, and a later prompt that begins with
// the same tokens prefills only what differs.
//
// The file is mapped, never read into memory, and may change or vanish under the
// daemon: that fails the request with a *ModelError, and Model.Changed tells.
package llm
