package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

const (
	maxListing  = 8 << 20 // bytes
	listingTime = time.Minute
	maxShown    = 12 // names in an error
)

// listing is what a hub says a repository holds.
type listing struct {
	Commit   string `json:"sha"`
	Siblings []struct {
		Name string `json:"rfilename"`
	} `json:"siblings"`
	Card struct {
		Licence any `json:"license"` // a word, or a list of them
	} `json:"cardData"`
}

// list asks for it.
func (c *client) list(ctx context.Context, src Source) (listing, error) {
	var l listing
	ctx, cancel := context.WithTimeoutCause(ctx, listingTime, errSilent)
	defer cancel()
	u := c.settings.Endpoint.JoinPath("api/models", string(src.Repo), "revision", url.PathEscape(src.Revision))
	resp, err := c.send(ctx, http.MethodGet, u, nil, nil)
	if err != nil {
		return l, err
	}
	defer resp.Body.Close()
	text, err := readBody(resp.Body, maxListing)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return l, err
	}
	if err := json.Unmarshal(text, &l); err != nil || !commit.MatchString(l.Commit) {
		return l, &Error{Text: u.Host + " does not say what " + string(src.Repo) + " holds", Err: err, Cure: "name the file: llamad pull REPO FILE"}
	}
	return l, nil
}

// choose finds the file that a source means without naming it.
func (c *client) choose(ctx context.Context, src Source) (file, licence string, err error) {
	l, err := c.list(ctx, src)
	if err != nil {
		return "", "", c.explain(ctx, src, err)
	}
	file, err = l.choose(src)
	return file, l.licence(), err
}

// models are the files that could be pulled, in order.
func (l listing) models() []string {
	var names []string
	for _, s := range l.Siblings {
		if parseFile(s.Name) == nil {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return names
}

// licence is the one that the repository's card names.
func (l listing) licence() string {
	if text, ok := l.Card.Licence.(string); ok && len(text) < 64 {
		return text
	}
	return ""
}

// choose finds the one file of a quantization, or the only one.
func (l listing) choose(src Source) (string, error) {
	var fit []string
	for _, name := range l.models() {
		if src.Quant == "" || hasQuant(name, src.Quant) {
			fit = append(fit, name)
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], nil
	case len(fit) == 0 && src.Quant != "":
		return "", l.missing(src, fmt.Sprintf("%s has no file of the quantization %s", src.Repo, src.Quant))
	case len(fit) == 0:
		return "", l.missing(src, fmt.Sprintf("%s has no file that ends in %s", src.Repo, Ending))
	}
	return "", &Error{Text: fmt.Sprintf("%s has %d such files and none is chosen", src.Repo, len(fit)), Cure: fmt.Sprintf("llamad pull %s FILE, which is one of %s", src.Repo, some(fit))}
}

// missing says what there is instead.
func (l listing) missing(src Source, text string) error {
	names := l.models()
	if len(names) == 0 {
		return &Error{Text: text, Cure: "it holds no GGUF models of one file: look for a repository whose name ends in -GGUF"}
	}
	return &Error{Text: text, Cure: fmt.Sprintf("llamad pull %s FILE, which is one of %s", src.Repo, some(names))}
}

func some(names []string) string {
	if rest := len(names) - maxShown; rest > 0 {
		return strings.Join(names[:maxShown], ", ") + fmt.Sprintf(" and %d more", rest)
	}
	return strings.Join(names, ", ")
}

// hasQuant says whether a file's name has the tag as a word of its own, in either
// case: Q4_K is no part of Q4_K_M.
func hasQuant(name, tag string) bool {
	name, tag = strings.ToLower(strings.TrimSuffix(path.Base(name), Ending)), strings.ToLower(tag)
	for rest := name; ; {
		i := strings.Index(rest, tag)
		if i < 0 {
			return false
		}
		before, after := rest[:i], rest[i+len(tag):]
		if before != "" && strings.ContainsRune(".-_", rune(before[len(before)-1])) && (after == "" || after[0] == '.' || after[0] == '-') {
			return true
		}
		rest = rest[i+1:]
	}
}
