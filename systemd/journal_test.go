package systemd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestMain is also the process whose standard error TestJournal looks at.
func TestMain(m *testing.M) {
	if os.Getenv("LLAMAD_TEST_LOG") != "" {
		level := new(slog.LevelVar)
		level.Set(slog.LevelDebug)
		writeSample(NewLogger(os.Stderr, level))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func writeSample(log *slog.Logger) {
	log.Debug("queue", "waiting", 3)
	log.Info("model opened", "name", "tiny llama", "level", "x", "msg", "y", "time", 5)
	log.Warn("retained prompt\nREADY=1", "topic", "a\nb\x1b[31m")
	log.With("client", "kitchen").WithGroup("timings").Error("failed", "ms", 4, slog.Group("at", "level", slog.LevelInfo), "err", errors.New("no"))
	log.Info("bare")
}

func TestPlainLog(t *testing.T) {
	var out bytes.Buffer
	level := new(slog.LevelVar)
	log := NewLogger(&out, level)
	writeSample(log)
	level.Set(slog.LevelError)
	log.Warn("not any more")
	var got []string
	for line := range strings.Lines(out.String()) {
		if len(line) < 20 || line[4] != '-' || line[13] != ':' {
			t.Errorf("no time in front of %q", line)
			continue
		}
		got = append(got, line[20:])
	}
	want := []string{
		"INFO  model opened name=\"tiny llama\" level=x msg=y time=5\n",
		"WARN  \"retained prompt\\nREADY=1\" topic=\"a\\nb\\x1b[31m\"\n",
		"ERROR failed client=kitchen timings.ms=4 timings.at.level=INFO timings.err=no\n",
		"INFO  bare\n",
	}
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("log\n%q\nexpected\n%q", got, want)
	}
}

func TestJournal(t *testing.T) {
	want := "<7>queue waiting=3\n" +
		"<6>model opened name=\"tiny llama\" level=x msg=y time=5\n" +
		"<4>\"retained prompt\\nREADY=1\" topic=\"a\\nb\\x1b[31m\"\n" +
		"<3>failed client=kitchen timings.ms=4 timings.at.level=INFO timings.err=no\n" +
		"<6>bare\n"
	for _, connected := range []bool{true, false} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		var stat syscall.Stat_t
		if err := syscall.Fstat(int(w.Fd()), &stat); err != nil {
			t.Fatal(err)
		}
		if !connected {
			stat.Ino++ // standard error was sent somewhere else
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env = []string{"LLAMAD_TEST_LOG=1", fmt.Sprintf("JOURNAL_STREAM=%d:%d", stat.Dev, stat.Ino)}
		cmd.Stderr = w
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		w.Close()
		out, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		if connected && string(out) != want {
			t.Errorf("journal\n%s\nexpected\n%s", out, want)
		}
		if !connected && strings.Contains(string(out), "<6>") {
			t.Errorf("priorities in a log that does not go to the journal:\n%s", out)
		}
	}
}

func BenchmarkLog(b *testing.B) {
	log := NewLogger(io.Discard, slog.LevelInfo)
	b.ReportAllocs()
	for b.Loop() {
		log.Info("answered", "id", "kitchen-17", "tokens", 34)
	}
}
