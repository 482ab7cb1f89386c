package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// text is a licence or a notice, and what it is about.
type text struct {
	about []string
	body  string
}

// licences are the names of files that allow something, notices those that have to
// go along. Paho has its second licence under a name of its own.
var (
	licences = regexp.MustCompile(`(?i)^(un)?licen[cs]e|^copying|^edl-`)
	notices  = regexp.MustCompile(`(?i)^notice|^patents|^copyright`)
)

// gather finds the texts of modules, each once.
func gather(modules []*module) ([]*text, error) {
	var texts []*text
	add := func(about, body string) {
		i := slices.IndexFunc(texts, func(t *text) bool { return t.body == body })
		if i < 0 {
			texts, i = append(texts, &text{body: body}), len(texts)
		}
		if !slices.Contains(texts[i].about, about) {
			texts[i].about = append(texts[i].about, about)
		}
	}
	for _, m := range modules {
		said := "" // by the module's licences
		paths, err := beside(m)
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			content, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			body := clean(string(content))
			said += body + "\n"
			where, err := filepath.Rel(m.root, filepath.Dir(path))
			if err != nil {
				return nil, err
			}
			if where = "/" + filepath.ToSlash(where); where == "/." {
				where = ""
			}
			add(m.name+where, body)
		}
		if m.own {
			continue // its files are under its licence
		}
		for _, path := range m.files {
			content, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			for _, notice := range within(string(content), said) {
				add("source files of "+m.name, notice)
			}
		}
	}
	return texts, nil
}

// beside are the files with licences and notices that hold for the packages of a
// module: those in a package's own directory and in all above it.
func beside(m *module) ([]string, error) {
	var paths []string
	for _, dir := range m.packages {
		allowed := false
		for {
			entries, err := os.ReadDir(dir)
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				name := e.Name()
				if e.IsDir() || strings.HasSuffix(name, ".go") || !licences.MatchString(name) && !notices.MatchString(name) {
					continue
				}
				allowed = allowed || licences.MatchString(name)
				paths = append(paths, filepath.Join(dir, name))
			}
			if dir == m.root || dir == filepath.Dir(dir) {
				break
			}
			dir = filepath.Dir(dir)
		}
		if !allowed {
			return nil, fmt.Errorf("%s has no licence: expected a file named LICENSE or COPYING in %s; use another library, or one that is installed whole", m, m.root)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

var (
	comment = regexp.MustCompile(`(?:(?m:^)[ \t]*//[^\n]*\n)+|(?s:/\*.*?\*/)`)
	holder  = regexp.MustCompile(`(?i)copyright(?:text:)?\s*(?:\(c\)|©)?\s*[0-9][0-9, -]*(?:by )?([^\n]*)`)
	// What makes a paragraph a part of a notice, and not of an explanation.
	legal = regexp.MustCompile(`(?i)copyright|licen[cs]e|permi|redistribut|warrant|liab|rights|may be used freely|terms`)
	rest  = regexp.MustCompile(`(?i)all rights reserved.*|and others|[.,;:*]`)
)

// within are the notices in the comments of a source file that name somebody whom
// the licence beside it, as it is said, does not.
func within(source, said string) (found []string) {
	said = words(said)
	for _, c := range comment.FindAllString(source, -1) {
		stranger := false
		for _, m := range holder.FindAllStringSubmatch(c, -1) {
			stranger = stranger || !strings.Contains(said, words(rest.ReplaceAllString(m[1], "")))
		}
		if !stranger {
			continue
		}
		var kept []string
		for paragraph := range strings.SplitSeq(clean(bare(c)), "\n\n") {
			if strings.Contains(strings.ToLower(paragraph), "copyright") || len(kept) > 0 && legal.MatchString(paragraph) {
				kept = append(kept, paragraph)
			}
		}
		found = append(found, strings.Join(kept, "\n\n"))
	}
	return found
}

// bare is a comment without its marks.
func bare(comment string) string {
	comment = strings.TrimSuffix(strings.TrimPrefix(comment, "/*"), "*/")
	var lines []string
	for line := range strings.Lines(comment) {
		line = strings.TrimSpace(line)
		line = strings.TrimPrefix(strings.TrimPrefix(line, "//"), "*")
		lines = append(lines, strings.TrimPrefix(line, " "))
	}
	return strings.Join(lines, "\n")
}

// clean is a text without what differs between editors.
func clean(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.TrimRight(line, " \t\r\n\f"))
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// words is a text as one line in small letters, to compare.
func words(text string) string {
	return strings.Join(strings.Fields(strings.ToLower(text)), " ")
}
