package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"llamad/config"
	"llamad/mqtt"
	"llamad/mqtt/broker"
)

// stubDaemon runs the MQTT half of a daemon on a broker of its own; answer gets
// each request that is in order. It gives the broker's address.
func stubDaemon(t *testing.T, node string, answer func(*mqtt.Service, *mqtt.Request)) string {
	t.Helper()
	b, err := broker.Start(broker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	prompts := make(chan *mqtt.Message, 16)
	s, err := mqtt.New(mqtt.Options{
		Broker: mqtt.Broker{URL: b.URL()}, ClientID: "stub", Instance: "stub", Prefix: "llamad", Node: node,
		Policy: mqtt.Policy{Defaults: mqtt.Fields{MaxTokens: 8, Deadline: time.Minute, Stream: mqtt.StreamPieces, Reply: mqtt.FormText}},
		Prompt: func(m *mqtt.Message) { prompts <- m },
		Cancel: func(func(*mqtt.Request) bool) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { s.Run(ctx) })
	wg.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case m := <-prompts:
				r, err := s.Receive(m)
				var refused *mqtt.Error
				if errors.As(err, &refused) {
					s.Fail(r, refused)
				} else if r != nil {
					answer(s, r)
				}
			}
		}
	})
	t.Cleanup(func() { cancel(); wg.Wait() })
	for !s.Connected() {
		time.Sleep(5 * time.Millisecond)
	}
	return b.URL()
}

// send runs llamad send and gives what it shows and its exit code.
func send(t *testing.T, stdin io.Reader, args ...string) (out, errs string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	// A configuration of the machine that runs the test must not matter.
	code = run(t.Context(), append([]string{"send"}, args...), stdin, &o, &e, []string{"LLAMAD_MQTT_NODE=pi4"})
	return o.String(), e.String(), code
}

func TestSend(t *testing.T) {
	var last *mqtt.Request
	address := stubDaemon(t, "pi4", func(s *mqtt.Service, r *mqtt.Request) {
		last = r
		s.Reply(r, mqtt.Result{Model: "m", Text: "blue", FinishReason: mqtt.FinishStop})
	})
	out, errs, code := send(t, strings.NewReader("Why?\n"), "--broker", address, "--max-tokens", "5", "--stop", "a", "--stop", "b", "--seed", "7", "--plain", "--temperature", "0")
	if out != "blue\n" || errs != "" || code != 0 {
		t.Fatalf("shows %q, %q, exit %d", out, errs, code)
	}
	if last.Prompt != "Why?" || last.MaxTokens != 5 || len(last.Stop) != 2 || *last.Seed != 7 || !last.Plain || last.Temperature != 0 || last.Reply != mqtt.FormJSON || last.Fields.Stream != mqtt.StreamNothing {
		t.Errorf("request %+v", last)
	}

	out, _, code = send(t, strings.NewReader(""), "--broker", address, "--json", "Why?")
	var answer mqtt.Answer
	if err := json.Unmarshal([]byte(out), &answer); err != nil || code != 0 || answer.Text != "blue" || answer.Node != "pi4" || strings.Count(out, "\n") != 1 {
		t.Errorf("--json shows %q, exit %d, %v", out, code, err)
	}

	if _, errs, code = send(t, strings.NewReader(""), "--broker", address, `{"prompt":"Why?","id":"mine","top_k":3}`); code != 0 || last.ID != "mine" || last.TopK != 3 {
		t.Errorf("a request in JSON: %q, exit %d, %+v", errs, code, last)
	}
	if _, errs, code = send(t, nil, "--broker", address, "--one-of", "yes", "--one-of", "no", "--conversation", "hall", "--reset", "Why?"); code != 0 ||
		len(last.OneOf) != 2 || last.Conversation != "hall" || !last.Reset {
		t.Errorf("a choice in a conversation: %q, exit %d, %+v", errs, code, last)
	}
	if _, _, code = send(t, nil, "--broker", address, "--messages", `[{"role":"user","content":"Hi"}]`); code != 0 || len(last.Messages) != 1 {
		t.Errorf("messages: exit %d, %+v", code, last)
	}
}

// Nobody gives up on an answer before its deadline.
func TestReplyWithin(t *testing.T) {
	c := config.Default()
	c.Generate.DeadlineS = 30
	for _, test := range []struct {
		deadline any
		want     time.Duration
	}{
		{nil, 30 * time.Second},
		{5, 5 * time.Second},
		{json.Number("600"), 600 * time.Second},
		{json.Number("2.5"), 2500 * time.Millisecond},
		{json.Number("1e300"), 24 * time.Hour},
		{"soon", 30 * time.Second},
	} {
		if got := replyWithin(c, map[string]any{"deadline_s": test.deadline}); got != grace+test.want {
			t.Errorf("%v: %v, want %v and the grace", test.deadline, got, test.want)
		}
	}
}

func TestSendFailsWithTheError(t *testing.T) {
	address := stubDaemon(t, "pi4", func(s *mqtt.Service, r *mqtt.Request) {
		s.Fail(r, mqtt.RetryAfter("the queue is full (8 waiting)", 40*time.Second))
	})
	out, errs, code := send(t, nil, "--broker", address, "Why?")
	if out != "" || errs != "llamad: send: the service answered: queue_full: the queue is full (8 waiting)\n" || code != exitFailure {
		t.Errorf("shows %q, %q, exit %d", out, errs, code)
	}
	out, _, code = send(t, nil, "--broker", address, "--json", "Why?")
	if !strings.Contains(out, `"code":"queue_full"`) || code != exitFailure {
		t.Errorf("--json shows %q, exit %d", out, code)
	}
	_, errs, code = send(t, nil, "--broker", address, "--raw", "Why?")
	if !strings.Contains(errs, "bad_request: raw: not allowed") || code != exitFailure {
		t.Errorf("a refused request shows %q, exit %d", errs, code)
	}
}

func TestSendWhereNobodyAnswers(t *testing.T) {
	address := stubDaemon(t, "attic", nil)
	_, errs, code := send(t, nil, "--broker", address, "Why?")
	if !strings.HasPrefix(errs, "llamad: send: ") || !strings.Contains(errs, "llamad/pi4") || !strings.Contains(errs, "llamad serve") || code != exitFailure {
		t.Errorf("without a daemon: %q, exit %d", errs, code)
	}

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	_, errs, code = send(t, nil, "--broker", "mqtt://"+l.Addr().String(), "Why?")
	if !strings.HasPrefix(errs, "llamad: send: ") || !strings.Contains(errs, "connection refused\nhint: no broker listens there") || code != exitFailure {
		t.Errorf("without a broker: %q, exit %d", errs, code)
	}

	_, errs, code = send(t, nil, "--broker", "http://hub", "Why?")
	if !strings.HasPrefix(errs, "llamad: send: --broker: is not usable, expected an address") || code != exitUsage {
		t.Errorf("with nonsense for a broker: %q, exit %d", errs, code)
	}
}

// Who stops waiting takes the prompt back, and the daemon is free again.
func TestSendIsInterrupted(t *testing.T) {
	s, release := blocked(t, nil)
	for _, prompt := range []string{"Why?", `{"prompt":"Why?","id":"mine"}`} {
		ctx, cancel := context.WithCancel(t.Context())
		var out, errs bytes.Buffer
		ended := make(chan int)
		go func() {
			ended <- run(ctx, []string{"send", "--broker", s.broker.URL(), prompt}, strings.NewReader(""), &out, &errs, []string{"LLAMAD_MQTT_NODE=pi4"})
		}()
		s.running()
		cancel()
		if code := <-ended; code != exitFailure || errs.String() != "llamad: send: interrupted\n" || out.Len() > 0 {
			t.Errorf("exit %d, shows %s%s", code, out.String(), errs.String())
		}
		s.eventually("the daemon is free", func() bool { return !s.d.running.busy() })
	}
	close(release)
	for _, id := range []string{`"id":"send-`, `"id":"mine"`} {
		if m := s.client.Next("llamad/pi4/event"); !strings.Contains(m.Payload, `"event_type":"cancelled"`) || !strings.Contains(m.Payload, id) {
			t.Errorf("%s, want %s cancelled", m.Payload, id)
		}
	}
}
