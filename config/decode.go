package config

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

const maxClients = 64 // [client.NAME] sections

// fromFile sets what the file says. Client settings are only collected, since
// they rest on [generate], which the environment may still change.
func (l *loader) fromFile(src *source) {
	l.origin = map[string]place{}
	l.client = map[string][]assign{}

	var root map[string]toml.Primitive
	meta, err := toml.Decode(src.text, &root)
	if err != nil {
		l.refuse(syntaxProblem(src.name, err))
		return
	}
	f := file{l, &meta, src.name}
	for _, name := range slices.Sorted(maps.Keys(root)) {
		switch {
		case name == "client":
			f.clients(root[name])
		case isSection(name):
			f.section(name, root[name])
		default:
			f.refuse(root[name], name, "unknown section", suggestSection(name))
		}
	}
}

// file is the walk over one decoded file.
type file struct {
	*loader
	meta *toml.MetaData
	name string
}

// section sets the keys of a section and of the sections inside it.
func (f file) section(name string, p toml.Primitive) {
	keys, ok := f.table(name, p)
	if !ok {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		full := name + "." + key
		if isSection(full) {
			f.section(full, keys[key])
			continue
		}
		if _, known := find(full); !known {
			f.refuse(keys[key], full, "unknown key", suggestKey(name, key))
			continue
		}
		value, line := f.value(keys[key])
		f.set(full, value, place{f.name, line, full})
	}
}

// clients collects the settings of every [client.NAME].
func (f file) clients(p toml.Primitive) {
	names, ok := f.table("client", p)
	if !ok {
		return
	}
	if len(names) > maxClients {
		f.refuse(p, "client", strconv.Itoa(len(names))+" clients: expected at most "+strconv.Itoa(maxClients), "")
		return
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		section := "client." + name
		if !isLevel(name) {
			f.refuse(names[name], section, "is no level of a topic", "a client's name has at most 64 bytes, none of / + # and no $ in front")
			continue
		}
		keys, ok := f.table(section, names[name])
		if !ok {
			continue
		}
		f.client[name] = []assign{}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			full := section + "." + key
			if _, known := findClient(key); !known {
				f.refuse(keys[key], full, "unknown key", suggestClientKey(key))
				continue
			}
			value, line := f.value(keys[key])
			f.client[name] = append(f.client[name], assign{key, value, place{f.name, line, full}})
		}
	}
}

// table is what stands in a section.
func (f file) table(name string, p toml.Primitive) (map[string]toml.Primitive, bool) {
	var t map[string]toml.Primitive
	value, _ := f.value(p)
	if _, is := value.(map[string]any); !is || f.meta.PrimitiveDecode(p, &t) != nil {
		f.refuse(p, name, "is "+shown(value)+", expected a section", suggestHeader(name))
		return nil, false
	}
	return t, true
}

// refuse notes a problem with the value p.
func (f file) refuse(p toml.Primitive, name, text, hint string) {
	f.loader.refuse(place{f.name, f.line(p), name}.problem(text, hint))
}

// value is p as TOML gives it, and its line.
func (f file) value(p toml.Primitive) (any, int) {
	var v probe
	line := 0
	var pe toml.ParseError
	if err := f.meta.PrimitiveDecode(p, &v); errors.As(err, &pe) {
		line = pe.Position.Line
	}
	return v.value, line
}

// line is where p begins. A table that only dotted names imply has no line of
// its own and begins where the first thing in it does.
func (f file) line(p toml.Primitive) int {
	_, line := f.value(p)
	var inside map[string]toml.Primitive
	if line > 0 || f.meta.PrimitiveDecode(p, &inside) != nil {
		return line
	}
	for _, q := range inside {
		if n := f.line(q); n > 0 && (line == 0 || n < line) {
			line = n
		}
	}
	return line
}

// probe takes a value and refuses it: the library gives the line of a key only
// with an error.
type probe struct{ value any }

var errProbe = errors.New("probe")

func (p *probe) UnmarshalTOML(v any) error {
	p.value = v
	return errProbe
}

// set checks and stores the value of a known key.
func (l *loader) set(full string, value any, from place) {
	r, _ := find(full)
	if !r.set(l.config, value) {
		l.refuse(wrongValue(r.Key, r.quiet, value, from))
		return
	}
	l.origin[full] = from
}

// clients makes every client from [generate] and its own settings.
func (l *loader) clients() {
	for name, settings := range l.client {
		c := Client{Request: l.config.Generate}
		c.Stop = slices.Clone(c.Stop)
		for _, a := range settings {
			r, _ := findClient(a.key)
			if !r.set(&c, a.value) {
				l.refuse(wrongValue(r.Key, r.quiet, a.value, a.from))
				continue
			}
			l.origin["client."+name+"."+a.key] = a.from
		}
		l.config.Clients[name] = c
	}
}

func wrongValue(k Key, quiet bool, value any, from place) Problem {
	is := "is " + shown(value)
	if quiet {
		is = "is not usable"
	}
	return from.problem(is+", expected "+k.Expected, "")
}

// syntaxProblem is a file that is not TOML.
func syntaxProblem(name string, err error) Problem {
	var pe toml.ParseError
	if !errors.As(err, &pe) {
		return Problem{File: name, Text: err.Error()}
	}
	p := Problem{File: name, Line: pe.Position.Line, Text: strings.TrimSuffix(lowerFirst(pe.Message), ".")}
	if strings.Contains(pe.Message, "expected value") || strings.Contains(pe.Message, "incomplete number") {
		p.Hint = `a text stands in quotes: key = "value"`
	}
	return p
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
