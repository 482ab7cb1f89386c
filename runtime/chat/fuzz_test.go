package chat

import (
	"strings"
	"testing"

	"llamad/runtime/tokenizer"
)

// Whatever a file's template is: it can be used, or another one is used in its place
// and a warning says why. It ends, and comes to tokens or to an error.
func FuzzTemplate(f *testing.F) {
	eachLine(f, "reference.jsonl", func(line referenceLine) { f.Add(line.Template, "Turn on the light.") })
	for _, source := range hostileTemplates {
		f.Add(source, "</s><|im_end|>")
	}
	for _, source := range []string{
		`{% for i in range(10**9) %}{% for j in range(10**9) %}x{% endfor %}{% endfor %}`,
		`{{ ''.__class__.__mro__[1].__subclasses__() }}`,
		`{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}`,
		`{% set s = messages[0].content %}{% for i in range(99) %}{% set s = s ~ s %}{% endfor %}{{ s }}`,
		`{{ raise_exception('no') }}`, `{{ strftime_now('%Y %%') }}`, `{{ messages | tojson(indent=4) }}`,
		`{{ messages[-1]['content'][::-1][5:] }}`, `{%- if x is defined -%}a{%- else -%}b{%- endif -%}`, `{# c #}{% raw %}{{ }}{% endraw %}`,
		"{{ 'a' if 1 / 0 else 'b' }}", "{% if %}", "{{", "\xff{{ '\\ud800' }}",
	} {
		f.Add(source, "text")
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		if len(source) > 4<<10 {
			return // longer ones only take longer
		}
		tok := vocabulary(t, "smollm2")
		tmpl, err := New(tok, Options{Source: source})
		if err != nil {
			t.Fatal(err)
		}
		warned := strings.Contains(strings.Join(tmpl.Warnings(), "\n"), "tokenizer.chat_template")
		if (tmpl.Name() != "file") != warned {
			t.Errorf("%q is in use, with the warnings %q", tmpl.Name(), tmpl.Warnings())
		}
		ids, err := tmpl.Encode([]Message{{"system", "Be brief."}, {"user", text}}, true)
		if err != nil {
			if tmpl.Name() != "file" {
				t.Errorf("%s: %v", tmpl.Name(), err)
			}
			return
		}
		for _, id := range ids {
			if id < 0 || id >= tokenizer.ID(tok.Size()) {
				t.Errorf("token %d of a vocabulary of %d", id, tok.Size())
			}
		}
	})
}
