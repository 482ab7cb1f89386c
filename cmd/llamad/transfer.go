package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// transfer shows how far bytes are: on a terminal a bar with their rate and the time
// that is left, anywhere else a line now and then. It uses no colours.
type transfer struct {
	w       io.Writer
	line    bool       // a line that is replaced
	columns func() int // of the terminal, 0 if nobody knows
	what    string
	now     func() time.Time
	began   time.Time // of what
	told    time.Time
	first   int64   // bytes that were there at began
	done    int64   // at told
	rate    float64 // bytes a second, of late
	width   int     // characters that stand on the line
	silent  bool    // nothing was said about what yet
}

const (
	transferRedraw = 200 * time.Millisecond
	transferLines  = 5 * time.Second
	rateMemory     = 5 * time.Second // about how far back the rate looks
	barWidth       = 20
)

func newTransfer(w io.Writer, plain bool, environ []string) *transfer {
	return &transfer{
		w: w, line: isTerminal(w) && !plain && variable(environ, "TERM") != "dumb",
		columns: func() int { return terminalWidth(w) }, now: time.Now,
	}
}

// show is told often, and says something now and then.
func (t *transfer) show(what string, done, total int64) {
	now := t.now()
	if what != t.what || done < t.done {
		t.clear()
		t.what, t.began, t.told, t.first, t.done, t.rate, t.silent = what, now, now, done, done, 0, true
	}
	since, interval := now.Sub(t.told), transferLines
	if t.line {
		interval = transferRedraw
	}
	if since < interval {
		return
	}
	t.measure(done, since)
	t.told, t.done, t.silent = now, done, false
	text := fmt.Sprintf("%d %%  %.1f of %s  %s/s%s", 100*done/total, float64(done)/1e6, megabytes(total), megabytes(int64(t.rate)), t.left(total-done))
	if !t.line {
		fmt.Fprintf(t.w, "%s: %s\n", t.what, text)
		return
	}
	t.draw(" " + bar(done, total, barWidth) + " " + text)
}

// measure mixes the latest rate into the one before.
func (t *transfer) measure(done int64, since time.Duration) {
	latest := float64(done-t.done) / since.Seconds()
	if t.silent {
		t.rate = latest
		return
	}
	weight := min(since.Seconds()/rateMemory.Seconds(), 1)
	t.rate += weight * (latest - t.rate)
}

func (t *transfer) left(bytes int64) string {
	if t.rate < 1 {
		return ""
	}
	s := int64(float64(bytes)/t.rate + 0.5)
	if s >= 3600 {
		return fmt.Sprintf("  %d:%02d:%02d left", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("  %d:%02d left", s/60, s%60)
}

// draw replaces the line by what and the bar. One that is wider than the terminal
// would begin another, so what is cut where there is no room, and then the rest.
func (t *transfer) draw(bar string) {
	line := t.what + bar
	if room := t.columns() - 1; room > 0 && len(line) > room {
		line = t.what[:max(0, len(t.what)-(len(line)-room))] + bar
		line = line[:min(len(line), room)]
	}
	fmt.Fprint(t.w, "\r"+line+strings.Repeat(" ", max(0, t.width-len(line))))
	t.width = len(line)
}

// clear removes the line.
func (t *transfer) clear() {
	if t.width > 0 {
		fmt.Fprint(t.w, "\r"+strings.Repeat(" ", t.width)+"\r")
	}
	t.width = 0
}

// terminalWidth is how many characters fit on a line of f, 0 if nobody knows.
func terminalWidth(f any) int {
	file, ok := f.(*os.File)
	if !ok {
		return 0
	}
	size, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0
	}
	return int(size.Col)
}
