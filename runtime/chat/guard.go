package chat

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/ardanlabs/jinja"
)

// Limits of one rendering. Real templates stay a hundred times below them.
const (
	maxOutput = 4 << 20         // bytes printed, what macros return counted again
	maxValue  = 1 << 20         // bytes of a variable
	maxSteps  = 1_000_000       // prints, turns of loops and calls
	maxDepth  = 100             // macros inside of macros
	maxTime   = 5 * time.Second // on a busy Pi a rendering takes milliseconds
)

// errLimit is wrapped by the errors of a template that was stopped.
var errLimit = errors.New("the template was stopped")

// guard counts what one rendering has used.
type guard struct {
	deadline time.Time
	steps    int
	printed  int
	depth    int
}

func newGuard() *guard { return &guard{deadline: time.Now().Add(maxTime)} }

// functions are what a rewritten template calls.
func (g *guard) functions(vars map[string]jinja.Value) {
	for name, fn := range map[string]func(args []jinja.Value) (jinja.Value, error){
		ours + "print": g.print,
		ours + "tick":  func([]jinja.Value) (jinja.Value, error) { return nothing, g.step(1) },
		ours + "check": func(args []jinja.Value) (jinja.Value, error) { return nothing, checkSize(args...) },
		ours + "enter": g.enter,
		ours + "leave": g.leave,
		"range":        g.numbers,
	} {
		vars[name] = jinja.NewCallable(name, func(args []jinja.Value, _ map[string]jinja.Value) (jinja.Value, error) {
			return fn(args)
		})
	}
}

var nothing = jinja.NewString("")

func (g *guard) step(n int) error {
	if g.steps += n; g.steps > maxSteps {
		return fmt.Errorf("%w: it took more than %d steps", errLimit, maxSteps)
	}
	if time.Now().After(g.deadline) {
		return fmt.Errorf("%w: it took longer than %v", errLimit, maxTime)
	}
	return nil
}

// print is what every text and every expression goes through.
func (g *guard) print(args []jinja.Value) (jinja.Value, error) {
	if len(args) != 1 {
		return nothing, fmt.Errorf("an expression has %d values: expected one", len(args))
	}
	if err := errors.Join(g.step(1), checkSize(args[0])); err != nil {
		return nothing, err
	}
	text := printed(args[0])
	if g.printed += len(text); g.printed > maxOutput {
		return nothing, fmt.Errorf("%w: it printed more than %d bytes", errLimit, maxOutput)
	}
	return jinja.NewString(text), nil
}

func (g *guard) enter([]jinja.Value) (jinja.Value, error) {
	if g.depth++; g.depth > maxDepth {
		return nothing, fmt.Errorf("%w: macros are nested more than %d deep", errLimit, maxDepth)
	}
	return nothing, g.step(1)
}

func (g *guard) leave([]jinja.Value) (jinja.Value, error) {
	g.depth--
	return nothing, nil
}

// numbers is range.
func (g *guard) numbers(args []jinja.Value) (jinja.Value, error) {
	bounds := [3]int64{0, 0, 1}
	if len(args) < 1 || len(args) > 3 {
		return nothing, fmt.Errorf("range has %d arguments: expected 1 to 3", len(args))
	}
	for i, arg := range args {
		if !arg.IsInt() {
			return nothing, fmt.Errorf("range needs whole numbers")
		}
		bounds[i] = arg.AsInt()
	}
	start, stop, step := bounds[0], bounds[1], bounds[2]
	if len(args) == 1 {
		start, stop = 0, start
	}
	const most = 100_000 // Jinja's own limit
	if step == 0 || max(start, stop, step) > 1<<40 || min(start, stop, step) < -1<<40 {
		return nothing, fmt.Errorf("range(%d, %d, %d) is not supported", start, stop, step)
	}
	var items []jinja.Value
	for i := start; step > 0 && i < stop || step < 0 && i > stop; i += step {
		if len(items) == most {
			return nothing, fmt.Errorf("%w: a range has more than %d numbers", errLimit, most)
		}
		items = append(items, jinja.NewInt(i))
	}
	return jinja.NewList(items), g.step(len(items))
}

// checkSize refuses values that are larger than maxValue when they are printed,
// or that contain themselves.
func checkSize(values ...jinja.Value) error {
	left := maxValue
	for _, v := range values {
		measure(v, &left)
	}
	if left < 0 {
		return fmt.Errorf("%w: a value has more than %d bytes", errLimit, maxValue)
	}
	return nil
}

func measure(v jinja.Value, left *int) {
	const atom = 8 // bytes that stand for anything that is no string
	if *left -= atom; *left < 0 {
		return
	}
	switch {
	case v.IsString():
		*left -= len(v.AsString())
	case v.IsList():
		for _, item := range v.AsList().Items {
			if measure(item, left); *left < 0 {
				return
			}
		}
	case v.IsDict():
		d := v.AsDict()
		for _, key := range d.Keys {
			*left -= len(key)
			if measure(d.Data[key], left); *left < 0 {
				return
			}
		}
	}
}

// printed is the text of a value, as Python prints it.
func printed(v jinja.Value) string {
	switch {
	case v.IsString():
		return v.AsString()
	case v.IsUndefined(), v.IsCallable():
		return ""
	case v.IsFloat():
		return printedFloat(v.AsFloat())
	}
	return v.String()
}

func printedFloat(f float64) string {
	if f == float64(int64(f)) && f < 1e16 && f > -1e16 {
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}
