package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"llamad/config"
	"llamad/mqtt"
	"llamad/mqtt/mosquittotest"
	"llamad/runtime/llm"
	"llamad/runtime/memory"
	"llamad/runtime/queue"
	"llamad/systemd"
)

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
	s.ask(`{"id":"first","prompt":"p","deadline_s":0.05}`) // by which is measured how long one takes
	if r := s.reply(); r.ID != "first" || r.finish() != "deadline" {
		t.Errorf("%+v", r)
	}
	s.ask(`{"id":"running","prompt":"p"}`)
	s.running()
	for i := range 9 {
		s.ask(fmt.Sprintf(`{"id":"w%d","prompt":"p"}`, i))
	}
	if r := s.reply(); r.ID != "w8" || r.Error.Code != mqtt.QueueFull || r.Error.RetryAfterS < 1 || r.Error.RetryAfterS > 10 || r.Error.Message != "queue is full (8 waiting)" {
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
	put := func(text string) { // whole: half of it would be a file that is being copied
		if err := replaceFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("big")
	s.eventually("the model is tried", func() bool { return s.d.model.describe().Status == "memory_budget" })
	s.ask("hello")
	if r := s.reply(); r.Error.Code != mqtt.MemoryBudget || strings.Contains(r.Error.Message, "\n") {
		t.Errorf("a model too big: %+v", r)
	}
	if n := s.opens.Load(); n != 1 {
		t.Errorf("a file that stays as it is was opened %d times", n)
	}

	have.Store(true)
	put("small enough")
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
				yield("so far", nil)
				yield("", &llm.ModelError{Err: errors.New("the file was changed")})
				return
			}
			yield("fine again", nil)
		}
	})
	s.ask(`{"prompt":"hello","stream":true}`)
	if r := s.reply(); r.Error.Code != mqtt.ModelError {
		t.Errorf("%+v", r)
	}
	for _, want := range []mqtt.StreamPart{{Text: "so far"}, {Seq: 1, Done: true}} { // who listens hears that it is over
		var part mqtt.StreamPart
		if err := json.Unmarshal([]byte(s.client.Next("llamad/pi4/stream").Payload), &part); err != nil || part.Text != want.Text || part.Seq != want.Seq || part.Done != want.Done {
			t.Errorf("%+v, %v, want %+v", part, err, want)
		}
	}
	s.eventually("the model is open again", func() bool { return s.opens.Load() == 2 })
	s.ask("hello")
	if r := s.reply(); r.Text != "fine again" {
		t.Errorf("%+v", r)
	}
}

// A budget that is a share of what is available has other figures at each try.
func TestSameReason(t *testing.T) {
	budget := func(weights, budget int64) error {
		return fmt.Errorf("open: %w", &llm.BudgetError{Plan: llm.Plan{Weights: weights, Budget: budget}})
	}
	missing := errors.New("no such file")
	for _, c := range []struct {
		a, b error
		same bool
	}{
		{nil, missing, false}, {missing, missing, true}, {missing, budget(9, 1), false}, {budget(9, 1), missing, false},
		{budget(9, 1), budget(9, 2), true}, {budget(9, 1), budget(8, 1), false},
	} {
		if got := sameReason(c.a, c.b); got != c.same {
			t.Errorf("%v and %v: %v", c.a, c.b, got)
		}
	}
}

// A machine that is short of memory refuses what does not go, and nothing else.
func TestPressureRefusesAPrompt(t *testing.T) {
	var short atomic.Bool
	short.Store(true)
	s := newSite(t, func(s *site) {
		s.engine.speak = func(_ context.Context, _ *fakeSession, yield func(string, error) bool) {
			if short.Swap(false) {
				yield("", &llm.PressureError{Need: 9e6, Room: memory.Room{Bytes: 1e6, From: "MemAvailable"}})
				return
			}
			yield("there is room again", nil)
		}
	})
	s.ask("hello")
	if r := s.reply(); r.Error.Code != mqtt.MemoryBudget || !strings.Contains(r.Error.Message, "9.0 MB more and 1.0 MB are available (MemAvailable)") {
		t.Errorf("%+v", r)
	}
	s.ask("hello")
	if r := s.reply(); r.Text != "there is room again" || s.opens.Load() != 1 || s.d.model.describe().Status != "ready" {
		t.Errorf("%+v; opened %d times", r, s.opens.Load())
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
			s.open = func() (engine, error) {
				if !old.closed.Load() {
					t.Error("two models are open at a time: the memory is there for one")
				}
				return &fakeEngine{speak: old.speak}, nil
			}
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
		s.config.Clients = map[string]config.Client{"voice": {Request: request, OneOf: []string{"*light* off", "*light* on"}}}
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
	if text := s.client.Next("llamad/pi4/response/voice").Payload; text != "*light* on" {
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
	_, err := newDaemon(daemonOptions{config: c, log: systemd.NewLogger(&mosquittotest.Log{}, slog.LevelInfo), stateDir: t.TempDir()})
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
		{&noModelError{&config.ModelError{Dirs: []string{"/models"}, Kind: config.ErrNoModel}}, mqtt.NoModel, "no model in /models: sudo llamad pull tinyllama fetches one"},
		{&encodeError{errors.New("roles must alternate")}, mqtt.BadRequest, "roles must alternate"},
		{errors.New("secret of ours"), mqtt.Internal, "its log says what"},
	} {
		e := refusal(fmt.Errorf("generate: %w", test.err))
		if e.Code != test.code || !strings.Contains(e.Message, test.says) || strings.Contains(e.Message, "secret") {
			t.Errorf("%v: %v, want %s with %q", test.err, e, test.code, test.says)
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
