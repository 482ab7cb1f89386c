package config

import "strings"

// Model says which model is served and by how many threads.
type Model struct {
	Path           string // of a GGUF file; "" looks Name up
	Name           string // of a model in Directory; "" is the only one there
	Directory      string
	ThreadsPrefill int // 0 is every core
	ThreadsDecode  int // 0 is chosen for the board
}

var modelRows = []row[Model]{
	textThat("path", "", "GGUF file to serve; empty looks in the models directory",
		`an absolute path such as "/srv/models/tinyllama.gguf"`, isAbsolute,
		func(m *Model) *string { return &m.Path }),
	textThat("name", "", "model in the models directory, its file name without .gguf; empty is the only one there",
		"a file name without a directory", func(s string) bool { return !strings.ContainsAny(s, "/\x00") && s[0] != '.' },
		func(m *Model) *string { return &m.Name }),
	textThat("directory", "/var/lib/llamad/models", "where models are looked up by name",
		`an absolute path such as "/var/lib/llamad/models"`, isAbsolute,
		func(m *Model) *string { return &m.Directory }),
	whole("threads_prefill", 0, "threads", "threads that read a prompt; 0 is every core", 0, 256,
		func(m *Model) *int { return &m.ThreadsPrefill }),
	whole("threads_decode", 0, "threads", "threads that write an answer; 0 chooses for the board, where fewer are often faster", 0, 256,
		func(m *Model) *int { return &m.ThreadsDecode }),
}

// isAbsolute is asked of every path, since a service has no directory of its
// own that a relative one could mean.
func isAbsolute(s string) bool { return s[0] == '/' && !strings.Contains(s, "\x00") }
