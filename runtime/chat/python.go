package chat

import (
	"fmt"
	"strings"

	"github.com/ardanlabs/jinja"
)

// Strings as Python and Jinja treat them: what counts as white space,
// how often a text is split, how long a result may be.

// pythonFilters are called with the value first, then the arguments.
func pythonFilters(vars map[string]jinja.Value) {
	for name, fn := range map[string]func(v jinja.Value, args []jinja.Value, kw map[string]jinja.Value) (jinja.Value, error){
		"trim":    strip(strings.TrimFunc),
		"strip":   strip(strings.TrimFunc),
		"lstrip":  strip(strings.TrimLeftFunc),
		"rstrip":  strip(strings.TrimRightFunc),
		"split":   split,
		"replace": replace,
		"join":    join,
		"tojson":  tojson,
	} {
		vars[ours+name] = jinja.NewCallable(name, func(args []jinja.Value, kw map[string]jinja.Value) (jinja.Value, error) {
			if len(args) == 0 {
				return nothing, fmt.Errorf("%s needs a value", name)
			}
			v, err := fn(args[0], args[1:], kw)
			if err != nil {
				return nothing, fmt.Errorf("%s: %w", name, err)
			}
			return v, nil
		})
	}
}

// argument is the i-th of args, or the one of that name, or undefined.
func argument(args []jinja.Value, kw map[string]jinja.Value, i int, name string) jinja.Value {
	if i < len(args) {
		return args[i]
	}
	if v, ok := kw[name]; ok {
		return v
	}
	return jinja.Undefined()
}

func absent(v jinja.Value) bool { return v.IsUndefined() || v.IsNone() }

func strip(trim func(string, func(rune) bool) string) func(jinja.Value, []jinja.Value, map[string]jinja.Value) (jinja.Value, error) {
	return func(v jinja.Value, args []jinja.Value, kw map[string]jinja.Value) (jinja.Value, error) {
		in := isSpace
		if chars := argument(args, kw, 0, "chars"); !absent(chars) {
			in = func(r rune) bool { return strings.ContainsRune(printed(chars), r) }
		}
		return jinja.NewString(trim(printed(v), in)), nil
	}
}

func split(v jinja.Value, args []jinja.Value, kw map[string]jinja.Value) (jinja.Value, error) {
	if !v.IsString() {
		return nothing, fmt.Errorf("expected a string")
	}
	most := -1
	if n := argument(args, kw, 1, "maxsplit"); n.IsInt() && n.AsInt() >= 0 {
		most = int(n.AsInt()) + 1
	}
	sep := argument(args, kw, 0, "sep")
	var parts []string
	switch {
	case absent(sep) && most < 0:
		parts = strings.FieldsFunc(v.AsString(), isSpace)
	case absent(sep) || printed(sep) == "":
		return nothing, fmt.Errorf("expected a separator")
	default:
		parts = strings.SplitN(v.AsString(), printed(sep), most)
	}
	items := make([]jinja.Value, len(parts))
	for i, part := range parts {
		items[i] = jinja.NewString(part)
	}
	return jinja.NewList(items), nil
}

func replace(v jinja.Value, args []jinja.Value, kw map[string]jinja.Value) (jinja.Value, error) {
	from, to := argument(args, kw, 0, "old"), argument(args, kw, 1, "new")
	if absent(from) || absent(to) {
		return nothing, fmt.Errorf("expected what to replace, and by what")
	}
	text, old, by := printed(v), printed(from), printed(to)
	n := strings.Count(text, old)
	if count := argument(args, kw, 2, "count"); count.IsInt() && count.AsInt() >= 0 {
		n = min(n, int(count.AsInt()))
	}
	if len(text)+n*len(by) > 2*maxValue {
		return nothing, fmt.Errorf("%w: the result has more than %d bytes", errLimit, maxValue)
	}
	return jinja.NewString(strings.Replace(text, old, by, n)), nil
}

func join(v jinja.Value, args []jinja.Value, kw map[string]jinja.Value) (jinja.Value, error) {
	var items []jinja.Value
	switch {
	case v.IsList():
		items = v.AsList().Items
	case v.IsString():
		for _, r := range v.AsString() {
			items = append(items, jinja.NewString(string(r)))
		}
	case v.IsDict():
		for _, key := range v.AsDict().Keys {
			items = append(items, jinja.NewString(key))
		}
	}
	sep, attribute := "", argument(args, kw, 1, "attribute")
	if d := argument(args, kw, 0, "d"); !absent(d) {
		sep = printed(d)
	}
	var b strings.Builder
	for i, item := range items {
		if !absent(attribute) && item.IsDict() {
			item, _ = item.AsDict().Get(printed(attribute))
		}
		if i > 0 {
			b.WriteString(sep)
		}
		if err := checkSize(item); err != nil {
			return nothing, err
		}
		if b.WriteString(printed(item)); b.Len() > 2*maxValue {
			return nothing, fmt.Errorf("%w: the result has more than %d bytes", errLimit, maxValue)
		}
	}
	return jinja.NewString(b.String()), nil
}
