package queue

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata with what the queue does now")

// TestTranscripts runs sessions that read: a command a line, its outcome after
// "=>". The clock stands still but for the command "wait".
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts in testdata: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, want)
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs; the queue says now:\n%s", file, got)
			}
		})
	}
}

func play(t *testing.T, script []byte) []byte {
	clock := time.Unix(1760000000, 0)
	q := New[string](Options{Now: func() time.Time { return clock }})
	canceled, cancel := context.WithCancel(context.Background())
	cancel() // so that nothing blocks: what is there is taken, else there is none

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
		case "limit": // limit N
			var n int
			fmt.Sscan(words[1], &n)
			q = New[string](Options{Limit: n, Now: func() time.Time { return clock }})
			result = fmt.Sprint(q.line.limit)
		case "wait": // wait DURATION
			d, err := time.ParseDuration(words[1])
			if err != nil {
				t.Fatal(err)
			}
			clock = clock.Add(d)
			result = clock.UTC().Format(time.TimeOnly)
		case "put": // put CLIENT VALUE... [before DURATION]
			item := Item[string]{Client: words[1]}
			if i := slices.Index(words, "before"); i > 0 {
				d, err := time.ParseDuration(words[i+1])
				if err != nil {
					t.Fatal(err)
				}
				item.Deadline, words = clock.Add(d), words[:i]
			}
			var results []string
			for _, item.Value = range words[2:] {
				displaced, err := q.Put(item)
				results = append(results, outcome(fmt.Sprint("ok", displacedText(displaced)), err))
			}
			result = strings.Join(results, ", ")
		case "next":
			v, err := q.Next(canceled)
			result = outcome(v, err)
		case "done":
			q.Done()
			result = "ok"
		case "expired":
			v, err := q.Expired(canceled)
			result = outcome(strings.Join(v, " "), err)
		case "remove": // remove VALUE...
			result = strings.Join(q.Remove(func(v string) bool { return slices.Contains(words[1:], v) }), " ")
		case "waiting":
			result = strings.Join(q.Waiting(), " ")
		case "len":
			result = fmt.Sprint(q.Len())
		case "close":
			result = strings.Join(q.Close(), " ")
		default:
			t.Fatalf("unknown command %q", command)
		}
		fmt.Fprintf(&out, " => %s\n", cmp.Or(result, "none"))
	}
	return out.Bytes()
}

func displacedText(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return " displaced " + strings.Join(values, " ")
}

func outcome(result string, err error) string {
	var full *FullError
	switch {
	case errors.As(err, &full):
		return fmt.Sprintf("refused: %v, retry after %v", err, full.RetryAfter)
	case errors.Is(err, context.Canceled):
		return "none"
	case err != nil:
		return err.Error()
	}
	return result
}

func TestNextWaitsForPut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[int](Options{})
		got := make(chan int)
		go func() {
			v, err := q.Next(t.Context())
			if err != nil {
				t.Error(err)
			}
			got <- v
		}()
		synctest.Wait()
		if _, err := q.Put(Item[int]{Value: 7}); err != nil {
			t.Fatal(err)
		}
		if v := <-got; v != 7 {
			t.Errorf("Next = %d, want 7", v)
		}
	})
}

func TestExpiredWaitsForTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[string](Options{})
		start := time.Now()
		type event struct {
			values []string
			after  time.Duration
		}
		events := make(chan event)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			defer close(events)
			for {
				values, err := q.Expired(ctx)
				if err != nil {
					return
				}
				events <- event{values, time.Since(start)}
			}
		}()
		synctest.Wait()
		q.Put(Item[string]{Value: "late", Deadline: start.Add(9 * time.Second)})
		q.Put(Item[string]{Value: "early", Client: "b", Deadline: start.Add(2 * time.Second)})
		for _, want := range []event{{[]string{"early"}, 2 * time.Second}, {[]string{"late"}, 9 * time.Second}} {
			if got := <-events; !slices.Equal(got.values, want.values) || got.after != want.after {
				t.Errorf("expired %v after %v, want %v after %v", got.values, got.after, want.values, want.after)
			}
		}
		cancel()
		<-events
	})
}

func TestCloseWakesEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[int](Options{})
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := q.Next(t.Context()); !errors.Is(err, ErrClosed) {
				t.Errorf("Next: %v, want ErrClosed", err)
			}
		})
		wg.Go(func() {
			if _, err := q.Expired(t.Context()); !errors.Is(err, ErrClosed) {
				t.Errorf("Expired: %v, want ErrClosed", err)
			}
		})
		synctest.Wait()
		q.Close()
		wg.Wait()
	})
}

// TestHammer checks under load that every item leaves exactly once, whichever
// way it takes.
func TestHammer(t *testing.T) {
	const senders, each = 8, 400
	q := New[int](Options{})
	var mu sync.Mutex
	left := map[int]int{}
	leave := func(values ...int) {
		mu.Lock()
		defer mu.Unlock()
		for _, v := range values {
			left[v]++
		}
	}

	var takers, putters sync.WaitGroup
	takers.Go(func() {
		for {
			v, err := q.Next(context.Background())
			if err != nil {
				return
			}
			leave(v)
			q.Done()
		}
	})
	takers.Go(func() {
		for {
			values, err := q.Expired(context.Background())
			if err != nil {
				return
			}
			leave(values...)
		}
	})
	for s := range senders {
		putters.Go(func() {
			for i := range each {
				v := s*each + i
				item := Item[int]{Value: v, Client: fmt.Sprint(s % 3)}
				if i%5 == 0 {
					item.Deadline = time.Now().Add(10 * time.Microsecond)
				}
				displaced, err := q.Put(item)
				leave(displaced...)
				if err != nil {
					leave(v)
				}
				if i%7 == 0 {
					leave(q.Remove(func(w int) bool { return w == v })...)
				}
			}
		})
	}
	putters.Wait()
	leave(q.Close()...)
	takers.Wait()
	for v := range senders * each {
		if left[v] != 1 {
			t.Fatalf("item %d left %d times, want once", v, left[v])
		}
	}
}
