package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"
)

// isTerminal says whether a person sits at the other end of f.
func isTerminal(f any) bool {
	file, ok := f.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// progress is a line on a terminal that says how far something is. Anywhere else
// it is silent.
type progress struct {
	w     io.Writer
	what  string
	began time.Time
	width int // characters that stand on the line
	off   bool
}

func newProgress(w io.Writer, what string) *progress {
	return &progress{w: w, what: what, began: time.Now(), off: !isTerminal(w)}
}

// progressAfter is how long something takes before a word about it is worth while.
const progressAfter = 500 * time.Millisecond

// show says that done of total parts are done.
func (p *progress) show(done, total int) {
	if total > 0 {
		p.replace(fmt.Sprintf("%s: %d %%", p.what, 100*done/total))
	}
}

// replace replaces the line. One that is wider than the terminal would begin another.
func (p *progress) replace(line string) {
	if p.off || time.Since(p.began) < progressAfter {
		return
	}
	if room := terminalWidth(p.w) - 1; room > 0 && utf8.RuneCountInString(line) > room {
		line = string([]rune(line)[:room])
	}
	width := utf8.RuneCountInString(line)
	fmt.Fprint(p.w, "\r"+line+strings.Repeat(" ", max(0, p.width-width)))
	p.width = width
}

// clear removes the line for good.
func (p *progress) clear() {
	if p.width > 0 {
		fmt.Fprint(p.w, "\r"+strings.Repeat(" ", p.width)+"\r")
	}
	p.width, p.off = 0, true
}

// bar draws how much is done, as wide as it says and two brackets.
func bar(done, total int64, width int) string {
	full := int(int64(width) * done / total)
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", width-full) + "]"
}
