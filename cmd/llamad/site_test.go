package main

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"llamad/config"
	"llamad/mqtt"
	"llamad/mqtt/mosquittotest"
	"llamad/runtime/llm"
	"llamad/runtime/tokenizer"
	"llamad/systemd"
)

const patience = 15 * time.Second // for anything that takes milliseconds on a quiet machine

// fakeEngine answers what speak says.
type fakeEngine struct {
	speak   func(ctx context.Context, s *fakeSession, yield func(string, error) bool)
	changed atomic.Pointer[error]
	closed  atomic.Bool
}

func (e *fakeEngine) Encode(p llm.Prompt) ([]tokenizer.ID, error) {
	if strings.Contains(p.Text, "untellable") {
		return nil, errors.New("the template does not take " + p.Text)
	}
	words := 1
	if p.Messages == nil {
		words += len(strings.Fields(p.Text))
	}
	for _, m := range p.Messages {
		words += len(strings.Fields(m.Content))
	}
	return make([]tokenizer.ID, words), nil
}

func (e *fakeEngine) Session(string) (session, error) { return &fakeSession{e: e}, nil }
func (e *fakeEngine) Info() llm.Info {
	return llm.Info{Name: "fake", Architecture: "llama", Quantization: "Q8_0", Kernel: "portable", Context: 64}
}
func (e *fakeEngine) Plan() llm.Plan     { return llm.Plan{Heap: 1 << 30, Budget: 2 << 30} }
func (e *fakeEngine) Memory() llm.Memory { return llm.Memory{KV: 7, Budget: 1 << 30} }
func (e *fakeEngine) Close() error       { e.closed.Store(true); return nil }
func (e *fakeEngine) Changed() error {
	if err := e.changed.Load(); err != nil {
		return *err
	}
	return nil
}

type fakeSession struct {
	e      *fakeEngine
	ids    []tokenizer.ID
	o      llm.GenerateOptions
	result llm.Result
}

func (s *fakeSession) Generate(ctx context.Context, ids []tokenizer.ID, o llm.GenerateOptions) iter.Seq2[string, error] {
	s.ids, s.o = ids, o
	return func(yield func(string, error) bool) {
		s.result.PromptTokens = len(ids)
		o.OnPrefill(0, len(ids))
		s.e.speak(ctx, s, func(text string, err error) bool {
			s.result.Text += text
			return yield(text, err)
		})
		if s.result.FinishReason == "" {
			s.result.FinishReason = llm.FinishStop
		}
	}
}

// Choose takes the last one.
func (s *fakeSession) Choose(_ context.Context, ids []tokenizer.ID, choices []string, o llm.ChooseOptions) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		o.OnPrefill(0, len(ids))
		for _, c := range choices {
			s.result.Scores = append(s.result.Scores, llm.Score{Text: c, Logprob: -1.5, Probability: 0.5})
		}
		s.result.Text, s.result.FinishReason = choices[len(choices)-1], llm.FinishStop
		yield(s.result.Text, nil)
	}
}

func (s *fakeSession) Result() llm.Result { return s.result }
func (s *fakeSession) Progress() uint64   { return uint64(len(s.result.Text)) }
func (s *fakeSession) Close() error       { return nil }

// wait yields the text and then waits until ctx or release is done.
func (s *fakeSession) wait(ctx context.Context, release <-chan struct{}, yield func(string, error) bool) {
	yield("so far", nil)
	select {
	case <-release:
	case <-ctx.Done():
		s.result.FinishReason = llm.FinishCancelled
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			s.result.FinishReason = llm.FinishDeadline
		}
	}
}

// site is a daemon with a fake engine on a real mosquitto, and a client.
type site struct {
	t      *testing.T
	broker *mosquittotest.Broker
	config *config.Config
	engine *fakeEngine
	open   func() (engine, error) // called for each opening; nil gives engine
	opens  atomic.Int32
	d      *daemon
	log    *mosquittotest.Log
	state  string // directory
	stop   func()
	client *mosquittotest.Client
}

func newSite(t *testing.T, change func(*site)) *site {
	t.Helper()
	t.Parallel()
	s := &site{t: t, broker: mosquittotest.Start(t), log: &mosquittotest.Log{}, config: config.Default(), state: t.TempDir()}
	s.config.MQTT.Broker, s.config.MQTT.Node = s.broker.URL(), "pi4"
	s.config.Model.Path = filepath.Join(t.TempDir(), "fake.gguf")
	if err := os.WriteFile(s.config.Model.Path, []byte("GGUF"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.engine = &fakeEngine{speak: func(_ context.Context, _ *fakeSession, yield func(string, error) bool) {
		_ = yield("Hello ", nil) && yield("there.", nil)
	}}
	if change != nil {
		change(s)
	}
	s.client = mosquittotest.Listen(t, s.broker.URL(), "llamad/#")
	s.start()
	return s
}

// start runs a daemon; after stop, another process as far as anybody can tell.
func (s *site) start() {
	s.t.Helper()
	d, err := newDaemon(daemonOptions{
		config: s.config, log: systemd.NewLogger(s.log, slog.LevelDebug), stateDir: s.state, root: fstest.MapFS{},
		grace: time.Second, look: 50 * time.Millisecond,
		reload: func() (*config.Config, error) { return s.config, nil },
		open: func(context.Context, string, llm.Options) (engine, error) {
			s.opens.Add(1)
			if s.open != nil {
				return s.open()
			}
			return s.engine, nil
		},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.d = d
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := d.run(ctx); err != nil {
			s.t.Error(err)
		}
	}()
	s.stop = func() { cancel(); <-done }
	s.t.Cleanup(func() {
		s.stop()
		if s.t.Failed() {
			s.t.Logf("the daemon said:\n%s", s.log)
		}
	})
	s.eventually("the daemon is connected", d.mqtt.Connected)
}

func (s *site) eventually(what string, is func() bool) {
	s.t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("waited %v in vain: %s", patience, what)
		}
	}
}

func (s *site) ask(payload string) { s.publish("prompt", 1, payload) }

func (s *site) publish(topic string, qos byte, payload string) {
	s.t.Helper()
	s.client.Publish("llamad/pi4/"+topic, qos, false, payload)
}

// reply is the next answer or error.
func (s *site) reply() object { s.t.Helper(); return s.replyOn("response") }

func (s *site) replyOn(topic string) (o object) {
	s.t.Helper()
	m := s.client.Next("llamad/pi4/" + topic)
	if err := json.Unmarshal([]byte(m.Payload), &o); err != nil {
		s.t.Fatalf("%s: %q: %v", m.Topic, m.Payload, err)
	}
	return o
}

type object struct {
	ID, Status, Text string
	Error            mqtt.Error
	Choices          []struct {
		FinishReason string `json:"finish_reason"`
	}
	Usage    mqtt.Usage
	Scores   []llm.Score
	Warnings []string
}

func (o object) finish() string {
	if len(o.Choices) == 0 {
		return ""
	}
	return o.Choices[0].FinishReason
}
