package config

// Log says what is written to the journal or to standard error.
type Log struct {
	Level   string // "debug", "info", "warn" or "error"
	Prompts bool
}

var logRows = []row[Log]{
	choice("level", "info", "least important kind of line that is written", []string{"debug", "info", "warn", "error"},
		func(l *Log) *string { return &l.Level }).live(),
	toggle("prompts", false, "write prompts and answers to the log too",
		func(l *Log) *bool { return &l.Prompts }).live(),
}
