package config

import (
	"errors"
	"io/fs"
)

// DefaultPath is read when no file is named; it need not exist.
const DefaultPath = "/etc/llamad/llamad.toml"

// Config holds every setting. Load and Default fill all of it, so a zero value
// in it is a choice and not an omission.
type Config struct {
	File string // the file that was read, "" when there was none

	Model    Model
	Memory   Memory
	Generate Request           // defaults of every prompt
	Clients  map[string]Client // by name: Generate with that client's changes
	MQTT     MQTT
	Broker   Broker
	Log      Log
}

// Default is the configuration of an empty file.
func Default() *Config {
	c := &Config{Clients: map[string]Client{}}
	for _, s := range sections {
		for _, r := range s.rows {
			r.set(c, r.fallback)
		}
	}
	c.MQTT.Node = hostNode()
	return c
}

// Load reads the file at path, or at DefaultPath when path is "", and then the
// environment, given as os.Environ gives it. Only the default file may be
// missing. Everything that is wrong comes back in one *Error; the warnings are
// for the log.
func Load(path string, environ []string) (*Config, []Problem, error) {
	file := path
	if path == "" {
		file = DefaultPath
	}
	src, err := readSource(file)
	switch {
	case err == nil:
	case path == "" && errors.Is(err, fs.ErrNotExist):
		src = &source{}
	default:
		return nil, nil, &Error{Problems: []Problem{unreadable(file, err)}}
	}
	return load(src, environ)
}

// Environment is what an empty file and the environment give, for commands that
// have nothing to do with the service's file.
func Environment(environ []string) (*Config, []Problem, error) {
	return load(&source{}, environ)
}

func load(src *source, environ []string) (*Config, []Problem, error) {
	l := loader{config: Default(), env: parseEnviron(environ)}
	l.config.File = src.name
	l.fromFile(src)
	l.fromEnvironment()
	l.clients()
	l.secrets(src)
	l.relations()
	if len(l.problems) > 0 {
		return nil, l.warnings, &Error{Problems: byLine(l.problems)}
	}
	return l.config, byLine(l.warnings), nil
}

// loader is one Load: the configuration as far as it is known, where each
// value came from, and what was found wrong on the way.
type loader struct {
	config *Config
	env    map[string]string   // LLAMAD_... and CREDENTIALS_DIRECTORY
	origin map[string]place    // key name -> who set it
	client map[string][]assign // client name -> its settings, in order

	problems, warnings []Problem
}

// place says where a value came from: a line of a file, or a variable.
type place struct {
	file string
	line int
	name string // as the user wrote it: "mqtt.queue", "LLAMAD_MQTT_QUEUE"
}

func (p place) problem(text, hint string) Problem {
	return Problem{File: p.file, Line: p.line, Key: p.name, Text: text, Hint: hint}
}

// assign is a value on its way to a key.
type assign struct {
	key   string // name within the section: "max_tokens"
	value any    // string, bool, int64, float64 or []any, as TOML gives it
	from  place
}

func (l *loader) refuse(p Problem) { l.problems = append(l.problems, p) }
func (l *loader) warn(p Problem)   { l.warnings = append(l.warnings, p) }

// at is where key was set, for complaints about how two keys go together.
func (l *loader) at(key string) place {
	if p, ok := l.origin[key]; ok {
		return p
	}
	return place{file: l.config.File, name: key}
}
