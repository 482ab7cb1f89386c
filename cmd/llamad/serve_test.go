package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"llamad/config"
	"llamad/mqtt"
	"llamad/mqtt/mosquittotest"
	"llamad/runtime/llm"
	"llamad/runtime/queue"
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
		return nil, errors.New("the template does not take this")
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
func (e *fakeEngine) Plan() llm.Plan     { return llm.Plan{Budget: 1 << 30} }
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
	log    *safeBuffer
	state  string // directory
	stop   func()
	client *mosquittotest.Client
}

func newSite(t *testing.T, change func(*site)) *site {
	t.Helper()
	t.Parallel()
	s := &site{t: t, broker: mosquittotest.Start(t), log: &safeBuffer{}, config: config.Default(), state: t.TempDir()}
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
		config: s.config, log: systemd.NewLogger(s.log, slog.LevelDebug), stateDir: s.state, sys: fstest.MapFS{},
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

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestServeAnswers(t *testing.T) {
	s := newSite(t, nil)
	s.ask(`{"id":"a","prompt":"one two","max_tokens":9,"temperature":0,"seed":5,"stop":"x"}`)
	r := s.reply()
	if r.ID != "a" || r.Status != "ok" || r.Text != "Hello there." || r.finish() != "stop" || r.Usage.PromptTokens != 3 {
		t.Errorf("%+v", r)
	}
	s.ask(`{"messages":[{"role":"user","content":"hi"}]}`)
	if r := s.reply(); r.Text != "Hello there." {
		t.Errorf("%+v", r)
	}
	s.ask("untellable")
	if r := s.reply(); r.Error.Code != mqtt.BadRequest || !strings.Contains(r.Error.Message, "template") {
		t.Errorf("%+v", r)
	}
	if log := s.log.String(); strings.Contains(log, "one two") || strings.Contains(log, "Hello") {
		t.Errorf("prompts or answers are in the log:\n%s", log)
	}
}

func TestOptions(t *testing.T) {
	seed := uint64(5)
	req := &mqtt.Request{Prompt: "p", Fields: mqtt.Fields{System: "s", Raw: true, MaxTokens: 9, Temperature: 0.5, TopK: 3, TopP: 0.25, MinP: 0.125, RepeatPenalty: 1.5, Seed: &seed, Stop: []string{"x"}}}
	if o := options(req); o.MaxTokens != 9 || o.Temperature != 0.5 || o.TopK != 3 || o.TopP != 0.25 || o.MinP != 0.125 || o.RepeatPenalty != 1.5 || o.Seed != &seed || len(o.Stop) != 1 {
		t.Errorf("%+v", o)
	}
	if p := prompt(req); p.Text != "p" || p.System != "s" || !p.Raw || p.Messages != nil {
		t.Errorf("%+v", p)
	}
	req = &mqtt.Request{Messages: []mqtt.Turn{{Role: "user", Content: "hi"}}}
	if p := prompt(req); len(p.Messages) != 1 || p.Messages[0].Role != "user" || p.Messages[0].Content != "hi" {
		t.Errorf("%+v", p)
	}
}

// blocked is a site whose engine waits for release at its first words.
func blocked(t *testing.T, change func(*site)) (s *site, release chan struct{}) {
	release = make(chan struct{})
	s = newSite(t, func(s *site) {
		s.engine.speak = func(ctx context.Context, session *fakeSession, yield func(string, error) bool) {
			session.wait(ctx, release, yield)
		}
		if change != nil {
			change(s)
		}
	})
	return s, release
}

func (s *site) running() {
	s.t.Helper()
	s.eventually("a prompt runs", s.d.running.busy)
}

func TestFullQueue(t *testing.T) {
	s, release := blocked(t, nil)
	s.ask(`{"id":"running","prompt":"p"}`)
	s.running()
	for i := range 9 {
		s.ask(fmt.Sprintf(`{"id":"w%d","prompt":"p"}`, i))
	}
	if r := s.reply(); r.ID != "w8" || r.Error.Code != mqtt.QueueFull || r.Error.RetryAfterS < 1 || r.Error.Message != "queue is full (8 waiting)" {
		t.Errorf("%+v", r)
	}
	// Another client is let in, in place of the one who holds the most.
	s.publish("prompt/kitchen", 1, `{"id":"k","prompt":"p"}`)
	if r := s.reply(); r.ID != "w7" || r.Error.Code != mqtt.QueueFull {
		t.Errorf("%+v", r)
	}
	close(release)
	if r := s.replyOn("response/kitchen"); r.ID != "k" {
		t.Errorf("%+v", r)
	}
	for _, want := range []string{"running", "w0", "w1"} {
		if r := s.reply(); r.ID != want || r.Status != "ok" {
			t.Errorf("%+v, want %s", r, want)
		}
	}
}

func TestCancelAtEveryStage(t *testing.T) {
	s, _ := blocked(t, nil)
	cancel := func(payload string) { s.publish("cancel", 0, payload) }
	for _, id := range []string{"a", "b", "c", "d"} {
		s.ask(`{"id":"` + id + `","prompt":"p"}`)
	}
	s.running()
	s.eventually("three wait", func() bool { return s.d.queue.Len() == 3 })
	cancel("nobody")
	cancel("c")
	if r := s.reply(); r.ID != "c" || r.finish() != "cancelled" || r.Text != "" {
		t.Errorf("in the queue: %+v", r)
	}
	cancel(`{"id":"a"}`)
	if r := s.reply(); r.ID != "a" || r.finish() != "cancelled" || r.Text != "so far" {
		t.Errorf("while it ran: %+v", r)
	}
	s.running()
	cancel("PRESS")
	ids := s.reply().ID + s.reply().ID
	if ids != "bd" && ids != "db" {
		t.Errorf("all: %q", ids)
	}
}

func TestDeadlines(t *testing.T) {
	s, release := blocked(t, nil)
	s.ask(`{"id":"a","prompt":"p","deadline_s":0.2}`)
	if r := s.reply(); r.ID != "a" || r.finish() != "deadline" || r.Text != "so far" {
		t.Errorf("while it ran: %+v", r)
	}
	s.ask(`{"id":"b","prompt":"p"}`)
	s.running()
	s.ask(`{"id":"c","prompt":"p","deadline_s":0.1}`)
	if r := s.reply(); r.ID != "c" || r.Error.Code != mqtt.Expired {
		t.Errorf("in the queue: %+v", r)
	}
	s.ask(fmt.Sprintf(`{"id":"d","prompt":"p","ts":%d}`, time.Now().Add(-time.Hour).Unix()))
	if r := s.reply(); r.ID != "d" || r.Error.Code != mqtt.Expired {
		t.Errorf("long ago: %+v", r)
	}
	close(release)
	s.reply()
}

func TestNoModelAndThenOne(t *testing.T) {
	var have atomic.Bool
	s := newSite(t, func(s *site) {
		dir := t.TempDir()
		s.config.Model.Path, s.config.Model.Directory = "", dir
		s.open = func() (engine, error) {
			if !have.Load() {
				return nil, fmt.Errorf("open: %w", &llm.BudgetError{Plan: llm.Plan{Weights: 2, Budget: 1}})
			}
			return s.engine, nil
		}
	})
	s.ask("hello")
	if r := s.reply(); r.Error.Code != mqtt.NoModel || !strings.Contains(r.Error.Message, "copy a .gguf file to "+s.config.Model.Directory) {
		t.Errorf("no model: %+v", r)
	}
	if i := s.d.model.describe(); i.Status != "no_model" || i.Model != nil {
		t.Errorf("info %+v", i)
	}

	path := filepath.Join(s.config.Model.Directory, "fake.gguf")
	os.WriteFile(path, []byte("big"), 0o644)
	s.eventually("the model is tried", func() bool { return s.d.model.describe().Status == "memory_budget" })
	s.ask("hello")
	if r := s.reply(); r.Error.Code != mqtt.MemoryBudget || strings.Contains(r.Error.Message, "\n") {
		t.Errorf("a model too big: %+v", r)
	}
	if n := s.opens.Load(); n != 1 {
		t.Errorf("a file that stays as it is was opened %d times", n)
	}

	have.Store(true)
	os.WriteFile(path, []byte("small enough"), 0o644)
	s.eventually("the model is open", func() bool { return s.d.model.describe().Status == "ready" })
	s.ask("hello")
	if r := s.reply(); r.Text != "Hello there." {
		t.Errorf("%+v", r)
	}
}

func TestModelThatBreaks(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	s := newSite(t, func(s *site) {
		s.engine.speak = func(_ context.Context, _ *fakeSession, yield func(string, error) bool) {
			if broken.Swap(false) {
				yield("", &llm.ModelError{Err: errors.New("the file was changed")})
				return
			}
			yield("fine again", nil)
		}
	})
	s.ask("hello")
	if r := s.reply(); r.Error.Code != mqtt.ModelError {
		t.Errorf("%+v", r)
	}
	s.eventually("the model is open again", func() bool { return s.opens.Load() == 2 })
	s.ask("hello")
	if r := s.reply(); r.Text != "fine again" {
		t.Errorf("%+v", r)
	}
}

type replacedError struct{ inPlace bool }

func (e *replacedError) Error() string { return "the file is another" }
func (e *replacedError) InPlace() bool { return e.inPlace }

func TestModelFileThatChanges(t *testing.T) {
	for _, test := range []struct {
		name    string
		inPlace bool
		want    mqtt.Code
	}{
		{"replaced", false, ""}, // still whole under the map: the answer stands
		{"overwritten", true, mqtt.ModelError},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, release := blocked(t, nil)
			s.ask("hello")
			s.running()
			var err error = &replacedError{test.inPlace}
			old := s.engine
			s.open = func() (engine, error) { return &fakeEngine{speak: old.speak}, nil }
			old.changed.Store(&err)
			close(release)
			if r := s.reply(); r.Error.Code != test.want {
				t.Errorf("%+v, want %q", r, test.want)
			}
			s.eventually("the model is opened again and the old one closed", func() bool { return s.opens.Load() == 2 && old.closed.Load() })
			s.ask("hello")
			if r := s.reply(); r.Text != "so far" {
				t.Errorf("%+v", r)
			}
		})
	}
}

// Told to stop, the running prompt is finished, a waiting one of QoS 1 comes
// again, and one of QoS 0 is refused.
func TestShutdown(t *testing.T) {
	s, release := blocked(t, nil)
	s.ask(`{"id":"running","prompt":"p"}`)
	s.running()
	s.ask(`{"id":"waiting","prompt":"p"}`)
	s.publish("prompt", 0, `{"id":"fleeting","prompt":"p"}`)
	s.eventually("two wait", func() bool { return s.d.queue.Len() == 2 })

	stopped := make(chan struct{})
	go func() { s.stop(); close(stopped) }()
	if r := s.reply(); r.ID != "fleeting" || r.Error.Code != mqtt.ShuttingDown {
		t.Errorf("%+v", r)
	}
	s.publish("prompt", 0, `{"id":"late","prompt":"p"}`)
	if r := s.reply(); r.ID != "late" || r.Error.Code != mqtt.ShuttingDown {
		t.Errorf("%+v", r)
	}
	close(release)
	if r := s.reply(); r.ID != "running" || r.Text != "so far" || r.finish() != "stop" {
		t.Errorf("%+v", r)
	}
	<-stopped
	s.eventually("the state is offline", func() bool { return s.client.Last("llamad/pi4/state") == "offline" })
	if !s.engine.closed.Load() {
		t.Error("the model is still open")
	}
}

// What does not finish within the grace is refused, and answered no second time.
func TestShutdownThatCannotWait(t *testing.T) {
	s, _ := blocked(t, nil)
	s.ask(`{"id":"running","prompt":"p"}`)
	s.running()
	s.stop()
	if r := s.reply(); r.ID != "running" || r.Error.Code != mqtt.ShuttingDown {
		t.Errorf("%+v", r)
	}
}

func TestWaitingPromptComesAgain(t *testing.T) {
	s, release := blocked(t, nil)
	s.ask(`{"id":"running","prompt":"p"}`)
	s.running()
	s.ask(`{"id":"waiting","prompt":"p"}`)
	s.eventually("one waits", func() bool { return s.d.queue.Len() == 1 })
	close(release)
	s.stop()
	first := s.reply()
	if first.ID != "running" {
		t.Fatalf("%+v", first)
	}
	s.start()
	if r := s.reply(); r.ID != "waiting" || r.Text != "so far" {
		t.Errorf("%+v", r)
	}
}

func TestBrokerAway(t *testing.T) {
	s := newSite(t, nil)
	s.broker.Stop(syscall.SIGTERM)
	s.eventually("the daemon notices", func() bool { return !s.d.mqtt.Connected() })
	s.broker.Restart()
	s.ask("hello")
	if r := s.reply(); r.Text != "Hello there." {
		t.Errorf("%+v", r)
	}
}

// An answer out of one_of is one of them to the letter, also without JSON and
// with a voice's settings.
func TestOneOf(t *testing.T) {
	s := newSite(t, func(s *site) {
		request := s.config.Generate
		request.Reply, request.Plain = "text", true
		s.config.Clients = map[string]config.Client{"voice": {Request: request, OneOf: []string{"light_off_", "_light_on_"}}}
	})
	s.ask(`{"prompt":"p","one_of":["a","b"]}`)
	if r := s.reply(); r.Text != "b" || r.finish() != "stop" || len(r.Scores) != 2 || r.Scores[0] != (llm.Score{Text: "a", Logprob: -1.5, Probability: 0.5}) {
		t.Errorf("%+v", r)
	}
	s.ask(`p`)
	if r := s.reply(); r.Scores != nil {
		t.Errorf("%+v", r)
	}
	s.publish("prompt/voice", 1, "p")
	if text := s.client.Next("llamad/pi4/response/voice").Payload; text != "_light_on_" {
		t.Errorf("%q", text)
	}
}

// The fake engine counts the words of all messages and one more.
func TestConversationOverMQTT(t *testing.T) {
	s, release := blocked(t, nil)
	close(release) // each answer is "so far"
	for _, step := range []struct {
		request string
		want    int // tokens of the prompt
	}{
		{`{"prompt":"one two","conversation":"kitchen"}`, 3},
		{`{"prompt":"three","conversation":"kitchen"}`, 6},
		{`{"prompt":"three"}`, 2},
		{`{"prompt":"three","conversation":"hall"}`, 2},
		{`{"prompt":"four","conversation":"kitchen"}`, 9},
		{`{"prompt":"four","conversation":"kitchen","reset":true}`, 2},
		{`{"prompt":"five","conversation":"kitchen"}`, 5},
	} {
		s.ask(step.request)
		if r := s.reply(); r.Status != "ok" || r.Usage.PromptTokens != step.want || len(r.Warnings) > 0 {
			t.Errorf("%s: %+v, want %d tokens of prompt", step.request, r, step.want)
		}
	}
}

func TestRawIsNoConversation(t *testing.T) {
	s := newSite(t, func(s *site) { s.config.MQTT.Raw = true })
	s.ask(`{"prompt":"p","raw":true,"conversation":"kitchen"}`)
	if r := s.reply(); r.Error.Code != mqtt.BadRequest || !strings.HasPrefix(r.Error.Message, "raw: ") {
		t.Errorf("%+v", r)
	}
}

// What was cancelled was not said.
func TestCancelledAnswerIsNotRemembered(t *testing.T) {
	s, release := blocked(t, nil)
	s.ask(`{"id":"a","prompt":"one two three","conversation":"kitchen"}`)
	s.running()
	s.publish("cancel", 0, "a")
	if r := s.reply(); r.finish() != "cancelled" {
		t.Fatalf("%+v", r)
	}
	close(release)
	s.ask(`{"prompt":"four","conversation":"kitchen"}`)
	if r := s.reply(); r.Usage.PromptTokens != 2 {
		t.Errorf("%+v", r)
	}
}

func TestReload(t *testing.T) {
	s := newSite(t, nil)
	changed := *s.config
	changed.Generate.Reply = "text"
	changed.MQTT.Broker = "mqtt://elsewhere"
	s.config = &changed
	s.d.reload()
	s.publish("prompt/display", 1, "hello")
	if text := s.client.Next("llamad/pi4/response/display").Payload; text != "Hello there." {
		t.Errorf("after the reload: %q", text)
	}
	if log := s.log.String(); !strings.Contains(log, "generate.reply") || !strings.Contains(log, "keys=mqtt.broker") {
		t.Errorf("the log does not say what changed:\n%s", log)
	}
	wrong := changed
	wrong.MQTT.ResponseTopics = []string{"llamad/pi4/prompt"}
	s.config = &wrong
	s.d.reload()
	if log := s.log.String(); !strings.Contains(log, "the configuration stays as it was") {
		t.Errorf("a bad configuration was not refused:\n%s", log)
	}
}

func TestLoopsAreRefusedAtTheStart(t *testing.T) {
	c := config.Default()
	c.MQTT.ResponseTopics = []string{"llamad/pi5/prompt"}
	_, err := newDaemon(daemonOptions{config: c, log: systemd.NewLogger(&safeBuffer{}, slog.LevelInfo), stateDir: t.TempDir()})
	var wrong *config.Error
	if !errors.As(err, &wrong) {
		t.Errorf("%v, want a *config.Error", err)
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		err  error
		code mqtt.Code
		says string
	}{
		{&mqtt.Error{Code: mqtt.IDConflict, Message: "m"}, mqtt.IDConflict, "m"},
		{&queue.FullError{Waiting: 8, RetryAfter: 40 * time.Second}, mqtt.QueueFull, "queue is full (8 waiting)"},
		{queue.ErrClosed, mqtt.ShuttingDown, "llamad is shutting down"},
		{errExpired, mqtt.Expired, "the deadline passed"},
		{&llm.ContextError{Prompt: 70, Context: 64}, mqtt.ContextOverflow, "70 tokens"},
		{&llm.ModelError{Err: errors.New("cut short")}, mqtt.ModelError, "cut short"},
		{&noModelError{&config.ModelError{Dirs: []string{"/models"}, Kind: config.ErrNoModel}}, mqtt.NoModel, "no model in /models: copy a .gguf file to /models"},
		{&encodeError{errors.New("roles must alternate")}, mqtt.BadRequest, "roles must alternate"},
		{errors.New("secret of ours"), mqtt.Internal, "its log says what"},
	} {
		e := refusal(fmt.Errorf("generate: %w", test.err))
		if e.Code != test.code || !strings.Contains(e.Message, test.says) || strings.Contains(e.Message, "secret") {
			t.Errorf("%v: %v, want %s with %q", test.err, e, test.code, test.says)
		}
	}
}

func TestIdentity(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	first, err := loadIdentity(dir, "pi4")
	if err != nil || len(first.instance) != 16 || len(first.clientID) != len("llamad-0123456789ab") {
		t.Fatalf("%+v, %v", first, err)
	}
	if again, err := loadIdentity(dir, "pi4"); err != nil || again != first {
		t.Errorf("at the second start %+v, %v", again, err)
	}
	if other, _ := loadIdentity(dir, "pi5"); other.clientID == first.clientID || other.instance != first.instance {
		t.Errorf("another node with our state: %+v", other)
	}
	os.WriteFile(filepath.Join(dir, instanceFile), []byte("garbage"), 0o644)
	if damaged, err := loadIdentity(dir, "pi4"); err == nil || len(damaged.instance) != 16 {
		t.Errorf("a damaged file: %+v, %v", damaged, err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("%d files are left in the state directory", len(files))
	}
}

func TestBoard(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text + "\n")} }
	for _, test := range []struct {
		name      string
		sys       fstest.MapFS
		degrees   any
		throttled any
	}{
		{"nothing", fstest.MapFS{}, nil, nil},
		{"Pi 4, hot", fstest.MapFS{
			"class/thermal/thermal_zone0/type":                        file("cpu-thermal"),
			"class/thermal/thermal_zone0/temp":                        file("81794"),
			"devices/platform/soc/soc:firmware/get_throttled":         file("e0008"),
			"devices/platform/soc/soc:firmware/raspberrypi-hwmon/pwm": file("x"),
		}, 81.8, true},
		{"Pi 5, was throttled", fstest.MapFS{
			"class/thermal/thermal_zone0/type":                                      file("cpu-thermal"),
			"class/thermal/thermal_zone0/temp":                                      file("52100"),
			"devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled": file("0x50000"),
		}, 52.1, false},
		{"a laptop", fstest.MapFS{
			"class/thermal/thermal_zone0/type": file("acpitz"),
			"class/thermal/thermal_zone0/temp": file("20000"),
			"class/thermal/thermal_zone1/type": file("x86_pkg_temp"),
			"class/thermal/thermal_zone1/temp": file("47000"),
		}, 47.0, nil},
	} {
		b := board{test.sys}
		var degrees, throttled any
		if d := b.temperature(); d != nil {
			degrees = *d
		}
		if is := b.throttled(); is != nil {
			throttled = *is
		}
		if degrees != test.degrees || throttled != test.throttled {
			t.Errorf("%s: %v °C, throttled %v; want %v, %v", test.name, degrees, throttled, test.degrees, test.throttled)
		}
	}
}

func TestHealthIsPublished(t *testing.T) {
	s, release := blocked(t, nil)
	s.ask("hello")
	s.eventually("health says busy", func() bool {
		var h mqtt.Health
		return json.Unmarshal([]byte(s.client.Last("llamad/pi4/health")), &h) == nil && h.Busy && h.Memory.KV == 7
	})
	close(release)
	s.eventually("health says idle", func() bool {
		var h mqtt.Health
		return json.Unmarshal([]byte(s.client.Last("llamad/pi4/health")), &h) == nil && !h.Busy && h.Counters.Answers == 1
	})
}

func TestPromptsInTheLogOnlyWhenAsked(t *testing.T) {
	s := newSite(t, func(s *site) { s.config.Log.Prompts = true })
	s.ask("what is said")
	s.reply()
	if log := s.log.String(); !strings.Contains(log, "what is said") || !strings.Contains(log, "Hello there.") {
		t.Errorf("log.prompts has no effect:\n%s", log)
	}
}
