package chat

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// TestRefused holds what is not compiled: reading files, reaching into Python, and
// what could make much of little.
func TestRefused(t *testing.T) {
	for _, test := range []struct{ template, want string }{
		{`{% include "/etc/passwd" %}`, `line 1: statement "include" is not supported`},
		{`{% import "x" as x %}`, `statement "import" is not supported`},
		{`{% from "x" import y %}`, `statement "from" is not supported`},
		{`{% extends "x" %}`, `statement "extends" is not supported`},
		{`{% do messages.append(1) %}`, `statement "do" is not supported`},
		{"\n\n{{ messages.append(1) }}", `line 3: method .append() is not supported`},
		{`{{ ''.__class__.mro() }}`, `method .mro() is not supported`},
		{`{{ 'a' * 1000000000 }}`, `operator * is not supported`},
		{`{{ '%s'.format(1) }}`, `method .format() is not supported`},
		{`{{ 'x' | indent(1000000000) }}`, `filter "indent" is not supported`},
		{`{{ messages | map('upper') }}`, `filter "map" is not supported with these arguments`},
		{`{{ llamad_print(1) }}`, `name "llamad_print" is reserved`},
		{`{% macro llamad_tick() %}{% endmacro %}`, `name "llamad_tick" is reserved`},
		{`{% for a, b, c in x %}{% endfor %}`, `for: expected one or two names`},
		{`{% for a in x recursive %}{% endfor %}`, `recursive loops are not supported`},
		{`{% set a, b = 1, 2 %}`, `set: expected a name`},
		{`{% macro f(a=[1, 2]) %}{% endmacro %}`, `macro: expected a name`},
		{`{{ ` + strings.Repeat("a ~ ", 100) + `a }}`, `joins more than 64 parts`},
		{`{{ }}`, `a tag is empty`},
		{`{{ a`, `a tag is not closed: expected }}`},
		{`{% if a }}`, `"}" closes nothing`},
		{`{{ 'a }}`, `a string is not closed`},
		{`{{ a) }}`, `")" closes nothing`},
		{`{# a`, `a comment is not closed`},
		{`{% raw %} a`, `a raw block is not closed`},
		{`{{ '\N{BULLET}' }}`, `escape \N is not supported`},
		{`{{ '\xZZ' }}`, `escape \x needs 2 hexadecimal digits`},
		{`{{ a ? b }}`, `'?' is not expected`},
		{`{{ 0x10 }}`, `number "0x" is not supported`},
		{`{% if true %}`, `unclosed if`},
		{strings.Repeat("x", maxSource+1), `has 65537 bytes: expected at most 65536`},
	} {
		_, err := compile(test.template, "", "")
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.60q: got %v, want ... %s ...", test.template, err, test.want)
		}
	}
}

// TestStopped holds that a template which would run for ever, or fill the memory,
// is stopped.
func TestStopped(t *testing.T) {
	const doubling = `{% set s = s ~ s %}`
	for _, test := range []struct{ name, template, want string }{
		{"loops in loops", `{% set r = range(100000) %}{% for a in r %}{% for b in r %}{% endfor %}{% endfor %}`, "steps"},
		{"endless recursion", `{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}`, "nested more than"},
		{"recursion through call", `{% macro f() %}{{ caller() }}{% endmacro %}{% macro g() %}{% call f() %}{{ g() }}{% endcall %}{% endmacro %}{{ g() }}`, "nested more than"},
		{"branching recursion", `{% macro f(n) %}{% if n < 90 %}{{ f(n + 1) }}{{ f(n + 1) }}{% endif %}{% endmacro %}{{ f(0) }}`, "steps"},
		{"doubling", `{% set s = 'aaaaaaaa' %}` + strings.Repeat(doubling, 60), "a value has more"},
		{"doubling in a namespace", `{% set n = namespace(s='aaaaaaaa') %}{% for i in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}`, "a value has more"},
		{"doubling lists", `{% set l = [1] %}{% for i in range(2) %}` + strings.Repeat(`{% set l = [l, l] %}`, 60) + `{% endfor %}`, "a value has more"},
		{"a namespace in itself", `{% set n = namespace() %}{% set n.n = n %}{{ n }}`, "a value has more"},
		{"much output", `{% for i in range(100000) %}` + strings.Repeat("x", 60000) + `{% endfor %}`, "printed more"},
		{"much output inside", `{% set x %}{% for i in range(100000) %}` + strings.Repeat("x", 60000) + `{% endfor %}{% endset %}`, "printed more"},
		{"a long range", `{% for i in range(1000000000000) %}{% endfor %}`, "a range has more"},
		{"an endless range", `{{ range(0, 10, 0) }}`, "is not supported"},
		{"replacing", `{% set s = 'aaaaaaaa' %}` + strings.Repeat(doubling, 14) + `{{ s.replace('a', s) }}`, "the result has more"},
		{"the replace filter", `{% set s = 'aaaaaaaa' %}` + strings.Repeat(doubling, 14) + `{{ s | replace('', s) }}`, "the result has more"},
		{"joining", `{% set s = 'aaaaaaaa' %}` + strings.Repeat(doubling, 14) + `{{ range(99999) | join(s) }}`, "the result has more"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := compile(test.template, "", "")
			if err != nil {
				t.Fatal(err)
			}
			_, err = p.render(samples[0], true, time.Now)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want ... %s ...", err, test.want)
			}
			if strings.Contains(test.want, "more") && !errors.Is(err, errLimit) {
				t.Errorf("%v is no limit", err)
			}
		})
	}
}

// TestLibraryPanics holds that they become errors.
func TestLibraryPanics(t *testing.T) {
	p, err := compile(`{{ messages | selectattr('role', 'equalto') | select | list }}{{ [1] | reject('x', 1)[2:9999] }}`, "", "")
	if err == nil {
		_, err = p.render(samples[0], true, time.Now)
	}
	if err == nil {
		t.Error("got no error")
	}
}

func TestStrftime(t *testing.T) {
	for format, want := range map[string]string{
		"%d %b %Y": "07 Mar 2026", "%Y-%m-%dT%H:%M:%S": "2026-03-07T09:05:03", "%-d.%-m.%y %%": "7.3.26 %",
		"%A, %B %e, %I %p": "Saturday, March  7, 09 AM", "%j": "066", "": "",
	} {
		if got, err := strftime(testTime(), format); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", format, got, err, want)
		}
	}
	for _, format := range []string{"%", "%-", "%Q", "%c"} {
		if got, err := strftime(testTime(), format); err == nil {
			t.Errorf("%q: got %q, want an error", format, got)
		}
	}
}
