package broker

import (
	"context"
	"log/slog"

	"github.com/mochi-mqtt/server/v2/packets"
)

// quiet turns what the library says about each client and each start into debug
// lines, and its warnings into information: a client that went away without a
// word is nothing to wake anybody for. Packets, which it logs whole, are left out:
// they hold passwords and prompts.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return q.Handler.Enabled(ctx, lowered(level))
}

func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	message := r.Message
	if message == "" {
		message = "a client of the broker"
	}
	told := slog.NewRecord(r.Time, lowered(r.Level), message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if _, is := a.Value.Any().(packets.Packet); !is {
			told.AddAttrs(a)
		}
		return true
	})
	return q.Handler.Handle(ctx, told)
}

func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }
func (q quiet) WithGroup(name string) slog.Handler       { return quiet{q.Handler.WithGroup(name)} }

func lowered(level slog.Level) slog.Level {
	if level >= slog.LevelError {
		return level
	}
	return level - 4
}
