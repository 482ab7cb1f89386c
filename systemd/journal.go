package systemd

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/coreos/go-systemd/v22/journal"
)

// NewLogger writes lines of the form
//
//	<6>model opened name=tinyllama context=2048
//
// to the journal, which takes the priority out and adds the time itself (see
// sd-daemon(3)), and anywhere else
//
//	2026-01-02 15:04:05 INFO  model opened name=tinyllama context=2048
//
// Whatever a message or a value holds, a record is one line.
func NewLogger(w io.Writer, level slog.Leveler) *slog.Logger {
	l := &lines{w: w, journal: isJournal(w)}
	return slog.New(&handler{lines: l, level: level, attrs: slog.NewTextHandler(&l.buf, &slog.HandlerOptions{
		Level: slog.Level(-1 << 10), ReplaceAttr: dropBuiltin,
	})})
}

// isJournal says whether w is the standard error that systemd connected to the
// journal.
func isJournal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || f.Fd() != os.Stderr.Fd() {
		return false
	}
	yes, err := journal.StderrIsJournalStream()
	return yes && err == nil
}

// lines is what all handlers of a logger share.
type lines struct {
	mu      sync.Mutex
	w       io.Writer
	buf     bytes.Buffer // the line in the making
	journal bool
}

// handler writes time or priority and the message itself and has the standard
// library write the attributes.
type handler struct {
	lines *lines
	level slog.Leveler
	attrs slog.Handler // writes to lines.buf
}

func (h *handler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.level.Level()
}

func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	bare := slog.NewRecord(time.Time{}, r.Level, messageMark, 0)
	r.Attrs(func(a slog.Attr) bool { bare.AddAttrs(a); return true })

	l := h.lines
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf.Reset()
	if l.journal {
		l.buf.WriteString(priority(r.Level))
	} else {
		l.buf.Write(r.Time.AppendFormat(l.buf.AvailableBuffer(), time.DateTime))
		l.buf.WriteString(" " + padded(r.Level.String()) + " ")
	}
	l.buf.WriteString(oneLine(r.Message))
	l.buf.WriteByte(' ')
	if err := h.attrs.Handle(ctx, bare); err != nil {
		return err
	}
	line := append(bytes.TrimRight(l.buf.Bytes(), " \n"), '\n')
	_, err := l.w.Write(line)
	return err
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &handler{h.lines, h.level, h.attrs.WithAttrs(attrs)}
}

func (h *handler) WithGroup(name string) slog.Handler {
	return &handler{h.lines, h.level, h.attrs.WithGroup(name)}
}

// messageMark stands for the message in records whose attributes alone are
// wanted; nothing logs it.
const messageMark = "\x00"

// dropBuiltin removes what the standard handler puts before the attributes,
// and no attribute that happens to have the same name.
func dropBuiltin(groups []string, a slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return a
	}
	_, isLevel := a.Value.Any().(slog.Level)
	isMessage := a.Key == slog.MessageKey && a.Value.Kind() == slog.KindString && a.Value.String() == messageMark
	if isMessage || a.Key == slog.LevelKey && isLevel {
		return slog.Attr{}
	}
	return a
}

// priority is the prefix that journald turns into PRIORITY=, by syslog's levels.
func priority(level slog.Level) string {
	switch {
	case level >= slog.LevelError:
		return "<3>"
	case level >= slog.LevelWarn:
		return "<4>"
	case level >= slog.LevelInfo:
		return "<6>"
	}
	return "<7>"
}

func padded(s string) string {
	const width = len("ERROR")
	return s + strings.Repeat(" ", max(0, width-len(s)))
}

// oneLine quotes a message that would break the line or the terminal.
func oneLine(s string) string {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return strconv.Quote(s)
	}
	return s
}
