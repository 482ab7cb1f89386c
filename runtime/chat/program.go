package chat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ardanlabs/jinja"
)

// program is a template that is ready to run.
//
// The library has no way to stop a template, so the template is rewritten to stop
// itself: everything it prints goes through a function of ours, and every loop,
// macro and assignment calls one. These observe the limits of guard.go. Filters
// and methods that could make much of little in one step are replaced by our own,
// which also follow Python to the letter.
type program struct {
	source   string
	compiled *jinja.Template
	literals []string // the strings it compares, splits and joins by
	bos, eos string
}

const maxSource = 64 << 10 // bytes of a template

// ours begins the names of our functions; a template can't use it.
const ours = "llamad_"

func compile(source, bos, eos string) (p *program, err error) {
	if len(source) > maxSource {
		return nil, fmt.Errorf("the template has %d bytes: expected at most %d", len(source), maxSource)
	}
	source = normalize(source)
	segments, err := lex(source)
	if err != nil {
		return nil, err
	}
	w := writer{literals: make(map[string]bool)}
	for _, seg := range segments {
		if err := w.segment(seg); err != nil {
			return nil, atLine(source, seg.pos, err)
		}
	}
	defer recoverAs(&err)
	compiled, err := jinja.Compile(w.out.String())
	if err != nil {
		return nil, err
	}
	p = &program{source: source, compiled: compiled, bos: bos, eos: eos}
	for text := range w.literals {
		p.literals = append(p.literals, text)
	}
	slices.Sort(p.literals)
	return p, nil
}

// recoverAs turns a panic of the library into an error.
func recoverAs(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("the template failed: %v", r)
	}
}

// writer writes segments as a template for the library, which gets no white space
// and no text outside of tags.
type writer struct {
	out      strings.Builder
	literals map[string]bool
}

func (w *writer) segment(seg segment) error {
	switch seg.kind {
	case segmentText:
		w.print(quote(seg.text))
		return nil
	case segmentExpr:
		code, err := w.expression(seg.tokens)
		if err != nil {
			return err
		}
		w.print(code)
		return nil
	}
	return w.statement(seg.tokens)
}

func (w *writer) print(code string)        { w.call("print", code) }
func (w *writer) call(name, args string)   { fmt.Fprintf(&w.out, "{{%s%s(%s)}}", ours, name, args) }
func (w *writer) tag(keyword, code string) { fmt.Fprintf(&w.out, "{%% %s %s %%}", keyword, code) }

// statement writes a statement with the calls that bound it. Forms that the
// library would take for something else are refused.
func (w *writer) statement(tokens []token) error {
	keyword, args := tokens[0].text, tokens[1:]
	if !statements[keyword] {
		return fmt.Errorf("statement %q is not supported", keyword)
	}
	code, err := "", error(nil)
	if len(args) > 0 || keyword == "if" || keyword == "elif" {
		if code, err = w.expression(args); err != nil {
			return err
		}
	}
	switch keyword {
	case "for":
		if !isForTarget(args) {
			return fmt.Errorf("for: expected one or two names, and in")
		}
		if slices.ContainsFunc(args, func(t token) bool { return t.named("recursive") }) {
			return fmt.Errorf("for: recursive loops are not supported")
		}
		w.tag(keyword, code)
		w.call("tick", "")
	case "macro":
		if len(args) == 0 || args[0].kind != tokenName || hasListInDefaults(args) {
			return fmt.Errorf("macro: expected a name, and parameters whose defaults have no comma or bracket")
		}
		w.tag(keyword, code)
		w.call("enter", "")
	case "endmacro":
		w.call("leave", "")
		w.tag(keyword, code)
	case "set":
		return w.set(args)
	case "generation", "endgeneration": // tell a trainer what was generated
	default:
		w.tag(keyword, code)
	}
	return nil
}

// set writes an assignment to a name or to a namespace's attribute.
func (w *writer) set(args []token) error {
	var target string
	switch {
	case len(args) >= 1 && args[0].kind == tokenName && (len(args) == 1 || args[1].is("=")):
		target, args = args[0].text, args[1:]
	case len(args) >= 4 && args[0].kind == tokenName && args[1].is(".") && args[2].kind == tokenName && args[3].is("="):
		target, args = args[0].text+"."+args[2].text, args[3:]
	default:
		return fmt.Errorf("set: expected a name or namespace.name, and =")
	}
	if len(args) == 0 {
		w.tag("set", target)
		return nil
	}
	code, err := w.expression(args[1:])
	if err != nil {
		return err
	}
	w.tag("set", target+" = "+code)
	w.call("check", target)
	return nil
}

func isForTarget(args []token) bool {
	if len(args) >= 3 && args[0].kind == tokenName && args[1].named("in") {
		return true
	}
	return len(args) >= 5 && args[0].kind == tokenName && args[1].is(",") && args[2].kind == tokenName && args[3].named("in")
}

// hasListInDefaults looks for what the library cuts parameters at.
func hasListInDefaults(args []token) bool {
	depth := 0
	for _, t := range args {
		switch {
		case t.is("("), t.is("["), t.is("{"):
			depth++
		case t.is(")"), t.is("]"), t.is("}"):
			depth--
		case t.kind == tokenString && strings.ContainsAny(t.text, ",=()"):
			return true
		}
		if depth > 1 {
			return true
		}
	}
	return false
}

// maxJoins bounds how much one expression can put together.
const maxJoins = 64

// expression writes the tokens of an expression.
func (w *writer) expression(tokens []token) (string, error) {
	if len(tokens) == 0 {
		return "", fmt.Errorf("an expression is missing")
	}
	var b strings.Builder
	joins := 0
	for i, t := range tokens {
		before, after := token{}, token{}
		if i > 0 {
			before = tokens[i-1]
		}
		if i+1 < len(tokens) {
			after = tokens[i+1]
		}
		text := t.text
		switch {
		case t.kind == tokenString:
			w.literals[t.text] = true
			text = quote(t.text)
		case t.kind == tokenName && strings.HasPrefix(t.text, ours):
			return "", fmt.Errorf("name %q is reserved", t.text)
		case t.is("*"), t.is("**"):
			return "", fmt.Errorf("operator %s is not supported: it can make a text of any length", t.text)
		case t.is("~"), t.is("+"):
			if joins++; joins > maxJoins {
				return "", fmt.Errorf("an expression joins more than %d parts", maxJoins)
			}
		case t.is(".") && after.kind == tokenName && i+2 < len(tokens) && tokens[i+2].is("("):
			if replaced[after.text] && after.text != "join" {
				text = "|" // a method of ours is called as a filter
			} else if !methods[after.text] {
				return "", fmt.Errorf("method .%s() is not supported", after.text)
			}
		case t.kind == tokenName && (before.is("|") || before.is(".") && after.is("(")) && replaced[t.text]:
			text = ours + t.text
		case t.kind == tokenName && before.is("|"):
			if err := checkFilter(t.text, tokens[i+1:]); err != nil {
				return "", err
			}
		}
		b.WriteString(text)
		b.WriteByte(' ')
	}
	return strings.TrimSuffix(b.String(), " "), nil
}

// statements leave out those that read other templates.
var statements = set("if", "elif", "else", "endif", "for", "endfor", "break", "continue", "set", "endset",
	"macro", "endmacro", "call", "endcall", "generation", "endgeneration")

// replaced are the filters and methods that python.go and json.go have.
var replaced = set("tojson", "trim", "join", "replace", "strip", "lstrip", "rstrip", "split")

// methods and filters are those of the library that give no more than they take
// and change nothing; Hugging Face's sandbox refuses a list's append too.
var (
	methods = set("get", "items", "keys", "values", "startswith", "endswith", "upper", "lower", "title",
		"capitalize", "count", "find", "cycle", "next")
	filters = set("default", "d", "lower", "upper", "title", "capitalize", "first", "last", "length", "count",
		"reverse", "sort", "unique", "list", "int", "float", "string", "safe", "items", "dictsort", "map", "select",
		"reject", "selectattr", "rejectattr", "abs", "round", "escape", "e", "min", "max", "sum", "from_json", "fromjson")
)

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, name := range names {
		m[name] = true
	}
	return m
}

// checkFilter refuses filters the library lacks, and arguments it ignores.
func checkFilter(name string, rest []token) error {
	first, second := token{}, token{}
	if len(rest) > 2 && rest[0].is("(") {
		first, second = rest[1], rest[2]
	}
	byAttribute := first.named("attribute") && second.is("=")
	switch {
	case !filters[name]:
		return fmt.Errorf("filter %q is not supported", name)
	case name == "map" && !byAttribute, name == "sort" && byAttribute:
		return fmt.Errorf("filter %q is not supported with these arguments", name)
	}
	return nil
}

// quote writes a string as the library reads it: only a backslash and the quote
// need an escape.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
