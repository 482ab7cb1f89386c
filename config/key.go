package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Key is what the table says about one setting.
type Key struct {
	Name     string   // within its section: "queue"
	Default  string   // as it would stand in the file: `"10m"`, `8`
	Unit     string   // "tokens", "seconds"; "" where there is none
	Text     string   // one line on what it is for
	Expected string   // what a value must be: "a whole number from 1 to 16"
	Words    []string // all values it may have, where they are a few words
	Live     bool     // a reload applies it; the others need a restart
}

// row is a Key and the way to its field in an S.
type row[S any] struct {
	Key
	fallback any  // the default, as TOML would give it
	quiet    bool // the value may hold a secret: messages never repeat it
	// set checks v, as TOML gives it, and stores it. It reports false when v
	// is not what Expected says.
	set func(s *S, v any) bool
	get func(s *S) any
}

// live marks a key that a reload applies.
func (r row[S]) live() row[S] { r.Live = true; return r }

// hushed marks a key whose value no message repeats.
func (r row[S]) hushed() row[S] { r.quiet = true; return r }

// field makes a row from a function that turns a TOML value into a T.
func field[S, T any](k Key, fallback any, at func(*S) *T, read func(v any) (T, bool)) row[S] {
	k.Default = literal(fallback)
	return row[S]{
		Key:      k,
		fallback: fallback,
		set: func(s *S, v any) bool {
			t, ok := read(v)
			if ok {
				*at(s) = t
			}
			return ok
		},
		get: func(s *S) any { return *at(s) },
	}
}

// lift turns the rows of a part into rows of the whole.
func lift[S, P any](at func(*S) *P, rows []row[P]) []row[S] {
	out := make([]row[S], len(rows))
	for i, r := range rows {
		out[i] = row[S]{
			Key: r.Key, fallback: r.fallback, quiet: r.quiet,
			set: func(s *S, v any) bool { return r.set(at(s), v) },
			get: func(s *S) any { return r.get(at(s)) },
		}
	}
	return out
}

// text is any string.
func text[S any](name, fallback, about string, at func(*S) *string) row[S] {
	return textThat(name, fallback, about, "a text in quotes", nil, at)
}

// textThat is a string that is empty or passes ok.
func textThat[S any](name, fallback, about, expected string, ok func(string) bool, at func(*S) *string) row[S] {
	return field(Key{Name: name, Text: about, Expected: expected}, fallback, at, func(v any) (string, bool) {
		s, is := v.(string)
		return s, is && (s == "" || ok == nil || ok(s))
	})
}

// choice is one of a few words.
func choice[S any](name, fallback, about string, words []string, at func(*S) *string) row[S] {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	expected := strings.Join(quoted[:len(quoted)-1], ", ") + " or " + quoted[len(quoted)-1]
	return field(Key{Name: name, Text: about, Expected: expected, Words: words}, fallback, at, func(v any) (string, bool) {
		s, is := v.(string)
		return s, is && slices.Contains(words, s)
	})
}

// whole is an integer within bounds.
func whole[S any](name string, fallback int, unit, about string, lo, hi int, at func(*S) *int) row[S] {
	k := Key{Name: name, Unit: unit, Text: about, Expected: fmt.Sprintf("a whole number from %d to %d", lo, hi)}
	return field(k, int64(fallback), at, func(v any) (int, bool) {
		n, is := v.(int64)
		return int(n), is && n >= int64(lo) && n <= int64(hi)
	})
}

// number is a real number within bounds; a whole number is one too.
func number[S any](name string, fallback float64, about string, lo, hi float64, at func(*S) *float64) row[S] {
	k := Key{Name: name, Text: about, Expected: fmt.Sprintf("a number from %v to %v", lo, hi)}
	return field(k, fallback, at, func(v any) (float64, bool) {
		var x float64
		switch v := v.(type) {
		case int64:
			x = float64(v)
		case float64:
			x = v
		default:
			return 0, false
		}
		return x, !math.IsNaN(x) && x >= lo && x <= hi
	})
}

// toggle is true or false.
func toggle[S any](name string, fallback bool, about string, at func(*S) *bool) row[S] {
	return field(Key{Name: name, Text: about, Expected: "true or false", Words: []string{"true", "false"}}, fallback, at, func(v any) (bool, bool) {
		b, is := v.(bool)
		return b, is
	})
}

// duration is a text such as "10m".
func duration[S any](name, fallback, about string, lo, hi time.Duration, at func(*S) *time.Duration) row[S] {
	k := Key{Name: name, Unit: "s, m or h", Text: about, Expected: fmt.Sprintf(`a duration such as "90s", "10m" or "1h30m", from %s to %s`, brief(lo), brief(hi))}
	return field(k, fallback, at, func(v any) (time.Duration, bool) {
		s, is := v.(string)
		if !is {
			return 0, false
		}
		d, err := time.ParseDuration(s)
		return d, err == nil && d >= lo && d <= hi
	})
}

// brief is a duration without the zeros that its String ends in.
func brief(d time.Duration) string {
	s := d.String()
	if t, cut := strings.CutSuffix(s, "m0s"); cut {
		s = t + "m"
	}
	if t, cut := strings.CutSuffix(s, "h0m"); cut {
		s = t + "h"
	}
	return s
}

// size is a number of bytes, bare or as a text such as "64KiB".
func size[S any](name, fallback, about string, lo, hi Size, at func(*S) *Size) row[S] {
	k := Key{Name: name, Unit: "bytes", Text: about, Expected: fmt.Sprintf(`a size such as "512MB" or "64KiB", from %v to %v`, lo, hi)}
	return field(k, fallback, at, func(v any) (Size, bool) {
		n, ok := sizeOf(v)
		return n, ok && n >= lo && n <= hi
	})
}

// list is an array that is empty or has least to most texts that all pass ok.
func list[S any](name, about, expected string, least, most int, ok func(string) bool, at func(*S) *[]string) row[S] {
	return field(Key{Name: name, Text: about, Expected: expected}, []any{}, at, func(v any) ([]string, bool) {
		items, is := v.([]any)
		if !is || len(items) > most || len(items) > 0 && len(items) < least {
			return nil, false
		}
		var out []string
		for _, it := range items {
			s, is := it.(string)
			if !is || s == "" || ok != nil && !ok(s) {
				return nil, false
			}
			out = append(out, s)
		}
		return out, true
	})
}

// literal writes a default the way it would stand in the file.
func literal(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		return "[]"
	}
	return fmt.Sprint(v)
}

// shown is a value as a message repeats it: short, and on one line.
func shown(v any) string {
	s := ""
	switch v := v.(type) {
	case string:
		s = strconv.Quote(v)
	case []any:
		items := make([]string, min(len(v), 32)) // it is cut below
		for i := range items {
			items[i] = shown(v[i])
		}
		s = "[" + strings.Join(items, ", ") + "]"
	case map[string]any, []map[string]any:
		s = "a table"
	case time.Time:
		s = "a date"
	default:
		s = fmt.Sprint(v)
	}
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "..."
	}
	return s
}
