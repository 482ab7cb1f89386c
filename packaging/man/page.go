package man

import (
	"embed"
	"strings"
	"text/template"
	"time"
)

// Edition is what the foot of a page says.
type Edition struct {
	Version string
	Date    time.Time
}

//go:embed *.md
var texts embed.FS

// page fills a text in. The head that man wants is the same for all.
func page(name, title string, e Edition, parts map[string]string) string {
	t := template.Must(template.ParseFS(texts, name))
	parts["Head"] = "% " + title + ` "` + e.Date.UTC().Format("2006-01-02") + `" "llamad ` + e.Version + `" "llamad"`
	var out strings.Builder
	if err := t.Option("missingkey=error").Execute(&out, parts); err != nil {
		panic("man: internal error: " + err.Error()) // the texts are part of the program
	}
	return out.String()
}

// plain is text that Markdown takes for what it is, but for its paragraphs.
func plain(text string) string {
	return strings.NewReplacer(
		`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`,
		"<", `\<`, ">", `\>`, "&", `\&`, "|", `\|`, "~", `\~`, "#", `\#`,
	).Replace(text)
}

// bold and italic are for words as they are typed, and for what stands for others.
func bold(text string) string   { return "**" + plain(text) + "**" }
func italic(text string) string { return "*" + plain(text) + "*" }

// verbatim is a block of code. Each line has lost indent spaces in front.
func verbatim(text string, indent int) string {
	var out strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		out.WriteString("    " + strings.TrimPrefix(line, strings.Repeat(" ", indent)))
	}
	return out.String()
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
