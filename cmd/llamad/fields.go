package main

import (
	"strings"

	"github.com/spf13/pflag"

	"llamad/config"
)

// fields are flags that carry the names of a request's fields. What they are
// called, what they mean and what they may be comes from the table that also
// describes [generate] in the configuration.
type fields struct {
	keys  []config.Key
	given map[string]string // name -> value, as on the command line
	stop  []string          // --stop may be given several times
}

// letters are the short forms that llama.cpp's users know.
var letters = map[string]string{"max_tokens": "n", "seed": "s"}

// newFields adds a flag for each of the names to flags.
func newFields(flags *pflag.FlagSet, names ...string) *fields {
	f := &fields{given: map[string]string{}}
	for _, k := range config.RequestKeys() {
		for _, name := range names {
			if k.Name == name {
				f.keys = append(f.keys, k)
				f.flag(flags, k)
			}
		}
	}
	return f
}

func (f *fields) flag(flags *pflag.FlagSet, k config.Key) {
	value := &field{fields: f, key: k, shown: strings.Trim(k.Default, `"`)}
	if k.Default == "[]" {
		value.shown = ""
	}
	flag := flags.VarPF(value, strings.ReplaceAll(k.Name, "_", "-"), letters[k.Name], k.Text)
	if k.Default == "false" {
		flag.NoOptDefVal = "true"
	}
}

// apply is base with what the command line says.
func (f *fields) apply(base config.Request) config.Request {
	for name, text := range f.given {
		if err := base.Set(name, text); err != nil {
			panic("llamad: internal error: " + name + " " + err.Error()) // field.Set took it
		}
	}
	if f.stop != nil {
		base.Stop = f.stop
	}
	return base
}

// names are those of the fields that the command line gives.
func (f *fields) names() []string {
	var names []string
	for _, k := range f.keys {
		_, given := f.given[k.Name]
		if given || k.Name == "stop" && f.stop != nil {
			names = append(names, k.Name)
		}
	}
	return names
}

// field is one such flag.
type field struct {
	fields *fields
	key    config.Key
	shown  string // the default, as --help shows it
}

func (f *field) String() string { return f.shown }

// Type is what stands for the value in --help.
func (f *field) Type() string {
	switch {
	case f.key.Unit != "":
		return f.key.Unit
	case f.key.Default == "false":
		return "bool" // pflag shows none
	case strings.HasPrefix(f.key.Default, `"`), f.key.Default == "[]":
		return "text"
	}
	return "number"
}

// Words are all values that it may have, where they are a few.
func (f *field) Words() []string { return f.key.Words }

// Set checks a value with the rules of the configuration.
func (f *field) Set(text string) error {
	if f.key.Name == "stop" {
		f.fields.stop = append(f.fields.stop, text)
		return nil
	}
	var scratch config.Request
	if err := scratch.Set(f.key.Name, text); err != nil {
		return err
	}
	f.fields.given[f.key.Name] = text
	return nil
}

// deadline adds --deadline-s, which has no default outside of the service.
func (f *fields) deadline(flags *pflag.FlagSet) {
	for _, k := range config.RequestKeys() {
		if k.Name == "deadline_s" {
			k.Default = "0"
			f.keys = append(f.keys, k)
			f.flag(flags, k)
		}
	}
}
