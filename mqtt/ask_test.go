package mqtt

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestAsk(t *testing.T) {
	h := newHouse(t, nil)
	h.online()
	ask := func(payload string) (*Reply, []string, error) {
		var parts []string
		reply, err := Ask(t.Context(), Question{
			Broker: Broker{URL: h.broker.URL()}, Prefix: "llamad", Node: "pi4", Payload: []byte(payload),
			OnStatus: func(s Status) { parts = append(parts, string(s.State)) },
			OnPart:   func(p StreamPart) { parts = append(parts, p.Text) },
		})
		return reply, parts, err
	}
	go func() {
		for r := range h.prompts {
			if r.Prompt == "refuse" {
				h.s.Fail(r, RetryAfter("full", time.Second))
				continue
			}
			h.s.Status(r, Generating, 0, 100)
			h.s.Stream(r, "Hel")
			h.s.Reply(r, reply("Hello"))
		}
	}()
	defer close(h.prompts)

	got, parts, err := ask(`{"prompt":"p","stream":true}`)
	if err != nil || got.Text != "Hello" || got.Err != nil || !strings.Contains(string(got.Object), `"status":"ok"`) {
		t.Errorf("%+v, %v", got, err)
	}
	if text := strings.TrimSuffix(strings.Join(parts, " "), " done"); text != "generating Hel " { // done comes behind the reply
		t.Errorf("on the way: %q", text)
	}
	if got, _, err = ask(`{"prompt":"p","reply":"text"}`); err != nil || got.Text != "Hello" || string(got.Object) != "Hello" {
		t.Errorf("bare text: %+v, %v", got, err)
	}
	if got, _, err = ask("refuse"); err != nil || got.Err == nil || got.Err.Code != QueueFull || got.Err.RetryAfterS != 1 {
		t.Errorf("a refusal: %+v, %v", got, err)
	}
}

// Whoever shows the answer slowly loses progress, not the reply.
func TestAskOfASlowReader(t *testing.T) {
	h := newHouse(t, nil)
	h.online()
	reading, written := make(chan bool), make(chan bool)
	go func() {
		r := <-h.prompts
		h.s.Stream(r, "The first sentence. And")
		<-reading
		for range 100 { // more than are kept for it
			h.s.Stream(r, " so on. And")
			h.eventually("the broker has it", func() bool { return waiting(h.s.outbox) == 0 })
		}
		h.s.Reply(r, reply("done"))
		h.ear.Next("llamad/pi4/event") // behind the reply
		close(written)
	}()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	parts := 0
	got, err := Ask(ctx, Question{
		Broker: Broker{URL: h.broker.URL()}, Prefix: "llamad", Node: "pi4", Payload: []byte(`{"prompt":"p","stream":"sentence"}`),
		OnPart: func(StreamPart) {
			if parts++; parts == 1 {
				close(reading)
				<-written
			}
		},
	})
	if err != nil || got.Text != "done" {
		t.Errorf("after %d parts: %+v, %v", parts, got, err)
	}
}

func TestAskWhereNobodyAnswers(t *testing.T) {
	h := newHouse(t, nil)
	h.online()
	ask := func(ctx context.Context, url, node string) error {
		_, err := Ask(ctx, Question{Broker: Broker{URL: url}, Prefix: "llamad", Node: node, Payload: []byte("p")})
		return err
	}
	var absent *AbsentError
	if err := ask(t.Context(), h.broker.URL(), "pi5"); !errors.As(err, &absent) || absent.State != "" {
		t.Errorf("a node that never was: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := ask(ctx, h.broker.URL(), "pi4"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("no answer in time: %v", err)
	}
	h.stop()
	if err := ask(t.Context(), h.broker.URL(), "pi4"); !errors.As(err, &absent) || absent.State != "offline" {
		t.Errorf("a node that is offline: %v", err)
	}
	var connect *ConnectError
	if err := ask(t.Context(), "mqtt://127.0.0.1:1", "pi4"); !errors.As(err, &connect) || connect.Cure == "" {
		t.Errorf("no broker: %v", err)
	}
}
