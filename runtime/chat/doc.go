// Package chat turns messages into the ids a model was trained to answer, by the
// Jinja template of its file.
//
//	t, err := chat.New(tok, chat.Options{Source: source, Trial: trial})
//	ids, err := t.Encode([]chat.Message{{Role: "user", Content: "Who are you?"}}, true)
//
// Two things are not trusted.
//
// The template comes from a file anyone may have made. It can read nothing but
// what it is given, it is tried once in a child process under limits, and when it
// runs its steps, its output and its values are bounded; see program.go, guard.go
// and trial.go.
//
// The messages come from users. A control token, such as the end of a turn, is
// matched only in what the template writes itself: wherever a message could spell
// one, alone or together with the template's text, a mark goes in before the
// template runs and comes out after it, and no control token may lie across that
// place; see mark.go. Everything else has exactly the ids that llama.cpp gives
// the rendered text.
package chat
