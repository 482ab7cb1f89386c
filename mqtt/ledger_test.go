package mqtt

import (
	"bufio"
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata with what happens now")

// TestLedgerTranscripts runs sessions that read: what arrives and what is
// answered, a line each, and behind "=>" what the ledger makes of it. The clock
// stands still but for "wait".
func TestLedgerTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/ledger/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts in testdata/ledger: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := playLedger(t, want)
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs; now it reads:\n%s", file, got)
			}
		})
	}
}

func playLedger(t *testing.T, script []byte) []byte {
	clock := received
	l := ledger{now: func() time.Time { return clock }}
	connection, packet, answers := 1, 0, 0
	var acked []string                   // since the last line
	open := map[string]*entry{}          // by the name the transcript gives a prompt
	answer := func(size int) *outgoing { // a size in place of a text
		answers++
		return &outgoing{class: final, payload: append(fmt.Appendf(nil, "%d", answers), bytes.Repeat([]byte(" "), size-1)...)}
	}

	var out bytes.Buffer
	for lines := bufio.NewScanner(bytes.NewReader(script)); lines.Scan(); {
		command, _, _ := strings.Cut(lines.Text(), " =>")
		command = strings.TrimSpace(command)
		out.WriteString(command)
		words := strings.Fields(command)
		if len(words) == 0 || words[0] == "#" {
			out.WriteByte('\n')
			continue
		}
		var result string
		switch words[0] {
		case "connect": // connect: a new connection
			connection++
			result = strconv.Itoa(connection)
		case "wait": // wait DURATION
			d, err := time.ParseDuration(words[1])
			if err != nil {
				t.Fatal(err)
			}
			clock = clock.Add(d)
			result = "ok"
		case "arrives": // arrives NAME [on TOPIC] [id ID] [saying TEXT] [dup]
			packet++
			name, number := words[1], packet
			m := &Message{Topic: option(words, "on", "prompt"), Payload: []byte(option(words, "saying", "hello")), Dup: slices.Contains(words, "dup"), connection: connection}
			m.ack = func() { acked = append(acked, fmt.Sprintf("%d", number)) }
			r := &Request{ID: option(words, "id", ""), message: m}
			if r.ID == "" {
				r.ID, r.made = fmt.Sprintf("made-%d", packet), true
			}
			v, e := l.admit(r)
			result = fmt.Sprintf("message %d is %s", number, [...]string{"fresh", "a repeat", "answered before: " + replayText(e, m), "a conflict"}[v])
			if v == fresh {
				open[name] = e
			}
		case "answer": // answer NAME [BYTES]: the broker has its answer
			size := 1
			if len(words) > 2 {
				size, _ = strconv.Atoi(words[2])
			}
			l.settle(open[words[1]], answer(size), true)
			result = "ok"
		case "refuse": // refuse NAME: the broker has its error
			l.settle(open[words[1]], answer(1), false)
			result = "ok"
		case "abandon":
			l.abandon(open[words[1]])
			result = "ok"
		case "known":
			result = fmt.Sprintf("%d open, %d remembered", len(l.open), len(l.answered))
		default:
			t.Fatalf("unknown command %q", command)
		}
		if len(acked) > 0 {
			result = strings.TrimPrefix(result+", acknowledged "+strings.Join(acked, " "), ", ")
			acked = nil
		}
		fmt.Fprintf(&out, " => %s\n", cmp.Or(result, "nothing"))
	}
	return out.Bytes()
}

func option(words []string, name, otherwise string) string {
	if i := slices.Index(words, name); i >= 0 {
		return words[i+1]
	}
	return otherwise
}

func replayText(e *entry, m *Message) string {
	if e == nil || e.answer == nil {
		return ""
	}
	x := e.again(m)
	x.sent() // as when the broker has it
	return "answer " + strings.TrimSpace(string(x.payload))
}
