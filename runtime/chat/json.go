package chat

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ardanlabs/jinja"
)

// tojson is Python's json.dumps with ensure_ascii=False, which is what Hugging
// Face's templates are written for.
func tojson(v jinja.Value, args []jinja.Value, kw map[string]jinja.Value) (jinja.Value, error) {
	if err := checkSize(v); err != nil {
		return nothing, err
	}
	w := jsonWriter{item: ", ", key: ": ", sort: kw["sort_keys"].IsTruthy()}
	if indent := argument(args, kw, 0, "indent"); indent.IsInt() {
		n := indent.AsInt()
		if n < 0 || n > 16 {
			return nothing, fmt.Errorf("indent is %d: expected 0 to 16", n)
		}
		w.item, w.indent, w.indented = ",", strings.Repeat(" ", int(n)), true
	}
	if sep := kw["separators"]; sep.IsList() && sep.AsList().Len() == 2 {
		w.item, w.key = printed(sep.AsList().Get(0)), printed(sep.AsList().Get(1))
	}
	if kw["ensure_ascii"].IsTruthy() {
		return nothing, fmt.Errorf("ensure_ascii is not supported")
	}
	if err := w.value(v, 0); err != nil {
		return nothing, err
	}
	return jinja.NewString(w.String()), checkSize(jinja.NewString(w.String()))
}

type jsonWriter struct {
	strings.Builder
	item, key string // separators
	indent    string
	indented  bool
	sort      bool
}

func (w *jsonWriter) value(v jinja.Value, depth int) error {
	switch {
	case v.IsString():
		w.string(v.AsString())
	case v.IsInt():
		w.WriteString(strconv.FormatInt(v.AsInt(), 10))
	case v.IsFloat():
		if f := v.AsFloat(); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("%v has no JSON", f)
		}
		w.WriteString(printedFloat(v.AsFloat()))
	case v.IsBool():
		w.WriteString(strconv.FormatBool(v.AsBool()))
	case v.IsNone():
		w.WriteString("null")
	case v.IsList():
		items := v.AsList().Items
		return w.group('[', ']', len(items), depth, func(i int) error { return w.value(items[i], depth+1) })
	case v.IsDict():
		d := v.AsDict()
		keys := d.OrderedKeys()
		if w.sort {
			slices.Sort(keys)
		}
		return w.group('{', '}', len(keys), depth, func(i int) error {
			w.string(keys[i])
			w.WriteString(w.key)
			return w.value(d.Data[keys[i]], depth+1)
		})
	default:
		return fmt.Errorf("a value has no JSON")
	}
	return nil
}

// group writes n elements between brackets.
func (w *jsonWriter) group(open, close byte, n, depth int, element func(i int) error) error {
	w.WriteByte(open)
	for i := range n {
		if i > 0 {
			w.WriteString(w.item)
		}
		w.newline(depth + 1)
		if err := element(i); err != nil {
			return err
		}
	}
	if n > 0 {
		w.newline(depth)
	}
	w.WriteByte(close)
	return nil
}

func (w *jsonWriter) newline(depth int) {
	if w.indented {
		w.WriteByte('\n')
		w.WriteString(strings.Repeat(w.indent, depth))
	}
}

func (w *jsonWriter) string(s string) {
	const named = "\"\"\\\\\nn\rr\tt\bb\ff"
	w.WriteByte('"')
	for _, r := range s {
		switch i := strings.IndexRune(named, r); {
		case i >= 0 && i%2 == 0:
			w.WriteByte('\\')
			w.WriteByte(named[i+1])
		case r < ' ':
			fmt.Fprintf(w, `\u%04x`, r)
		default:
			w.WriteRune(r)
		}
	}
	w.WriteByte('"')
}
