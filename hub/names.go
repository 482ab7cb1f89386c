package hub

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// Ending is what every model file's name ends in.
const Ending = ".gguf"

// DefaultRevision is the branch that is meant where none is named.
const DefaultRevision = "main"

// Repo is a repository of model files: "TheBloke/TinyLlama-1.1B-Chat-v1.0-GGUF".
type Repo string

var (
	owner   = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?$`)
	segment = regexp.MustCompile(`^[A-Za-z0-9._-]{1,255}$`)
	commit  = regexp.MustCompile(`^[0-9a-f]{40}$`)
	sha     = regexp.MustCompile(`^[0-9a-f]{64}$`)
	part    = regexp.MustCompile(`(?i)-\d{5}-of-\d{5}\.gguf$`)
)

// maxPath bounds a file or a revision, in bytes.
const maxPath = 512

// parseRepo takes "owner/name". The cache writes the slash as two dashes, so a name
// with two of its own could be mistaken for another.
func parseRepo(s string) (Repo, error) {
	user, name, ok := strings.Cut(s, "/")
	if !ok {
		return "", &Error{Text: fmt.Sprintf("there is no short name %q", clip(s)), Cure: "there is " + strings.Join(Names(), ", ") + "; a repository is OWNER/NAME, and a path begins with / or .", usage: true}
	}
	if !owner.MatchString(user) || !owner.MatchString(name) || strings.Contains(s, "--") || strings.Contains(s, "..") {
		return "", &Error{Text: fmt.Sprintf("%q is no repository", clip(s)), Cure: "expected OWNER/NAME, such as TheBloke/TinyLlama-1.1B-Chat-v1.0-GGUF", usage: true}
	}
	return Repo(s), nil
}

// parsePath takes a path of plain names with slashes between, and no way up.
func parsePath(s string) error {
	if len(s) > maxPath {
		return fmt.Errorf("%q is too long", clip(s))
	}
	for name := range strings.SplitSeq(s, "/") {
		if !segment.MatchString(name) || name == "." || name == ".." {
			return fmt.Errorf("%q is no plain path", clip(s))
		}
	}
	return nil
}

// parseFile takes the path of a model file in a repository.
func parseFile(s string) error {
	switch err := parsePath(s); {
	case err != nil:
		return &Error{Text: err.Error(), Cure: "expected a file of the repository: letters, digits, dots, dashes and underscores, such as tinyllama-1.1b-chat-v1.0.Q8_0" + Ending, usage: true}
	case !strings.HasSuffix(s, Ending) || strings.HasPrefix(path.Base(s), "."):
		return &Error{Text: fmt.Sprintf("%q is no model file", clip(s)), Cure: "expected a name that ends in " + Ending, usage: true}
	case part.MatchString(s):
		return &Error{Text: fmt.Sprintf("%q is a part of a model", clip(s)), Cure: "llamad runs models of one file; choose a smaller quantization", usage: true}
	}
	return nil
}

func parseRevision(s string) error {
	if err := parsePath(s); err != nil || strings.HasPrefix(s, ".") {
		return &Error{Text: fmt.Sprintf("%q is no revision", clip(s)), Cure: "expected a branch, a tag, or a commit of 40 digits", usage: true}
	}
	return nil
}

// parseSHA256 takes a digest of 64 digits in either case; "" is none.
func parseSHA256(s string) (string, error) {
	s = strings.ToLower(s)
	if s != "" && !sha.MatchString(s) {
		return "", &Error{Text: fmt.Sprintf("%q is no sha256", clip(s)), Cure: "expected 64 digits from 0 to 9 and a to f", usage: true}
	}
	return s, nil
}

// clip shortens what somebody else wrote for an error.
func clip(s string) string {
	if len(s) > 100 {
		return s[:100] + "..."
	}
	return s
}
