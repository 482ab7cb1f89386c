package main

import (
	"context"
	"errors"
	"time"

	"llamad/mqtt"
	"llamad/runtime/chat"
	"llamad/runtime/llm"
	"llamad/runtime/queue"
	"llamad/runtime/tokenizer"
)

// answer and generate are the life of a prompt, top to bottom: each step is one
// call, each failure becomes one reply, and no other code moves a prompt.

// answer is called by the connection's reader and waits for nothing.
func (d *daemon) answer(m *mqtt.Message) {
	req, err := d.mqtt.Receive(m) // 1. topic and payload -> request, or an error code
	if req == nil {
		return // a copy of a prompt that we know
	}
	if err == nil {
		err = d.enqueue(req) // 2. bounded and fair, or an explicit refusal
	}
	if err != nil {
		d.fail(req, err)
	}
}

// generate is called by the one goroutine that computes.
func (d *daemon) generate(ctx context.Context, req *mqtt.Request) {
	if err := d.journal.begin(req); err != nil {
		d.fail(req, err) // we died of it before
		return
	}
	defer d.journal.end()

	ids, err := d.encode(req) // 3. messages -> ids, user text never a control token
	if err != nil {
		d.fail(req, err)
		return
	}
	session, err := d.model.Session(req.Conversation) // 4. KV state inside the memory budget
	if err != nil {
		d.fail(req, err)
		return
	}
	defer session.Close()
	d.running.computing(session)

	o := options(req) // 5. request fields -> how to generate
	o.OnPrefill = func(done, total int) { d.mqtt.Status(req, mqtt.Prefill, 0, 100*done/total) }

	pieces := session.Generate(ctx, ids, o) // 6. forward -> logits -> id -> whole UTF-8
	if req.OneOf != nil {
		req.Plain = false // what is chosen is answered to the letter
		pieces = session.Choose(ctx, ids, req.OneOf, llm.ChooseOptions{Raw: req.Raw, OnPrefill: o.OnPrefill})
	}
	for text, err := range pieces {
		if err != nil {
			d.fail(req, err)
			return
		}
		d.mqtt.Status(req, mqtt.Generating, 0, 100)
		d.mqtt.Stream(req, text) // 7. pieces, batched
	}
	d.reply(ctx, req, session.Result()) // 8. the one answer, and then the acknowledgement
}

// encode is step 3. What was said before goes before a prompt that continues it.
func (d *daemon) encode(req *mqtt.Request) ([]tokenizer.ID, error) {
	if req.Conversation == "" {
		return d.model.Encode(prompt(req))
	}
	if req.Raw {
		return nil, &mqtt.Error{Code: mqtt.BadRequest, Message: "raw: goes without conversation, since it is the complete text"}
	}
	if req.Reset {
		d.conversations.end(req.Conversation)
	}
	return d.conversations.at(req.Conversation, req.Received).encode(prompt(req), d.model.context(), req.MaxTokens, d.model.Encode)
}

// prompt and options are where an mqtt type meets an llm type, and result where
// it comes back.
func prompt(req *mqtt.Request) llm.Prompt {
	p := llm.Prompt{Text: req.Prompt, System: req.System, Raw: req.Raw}
	for _, turn := range req.Messages {
		p.Messages = append(p.Messages, chat.Message{Role: turn.Role, Content: turn.Content})
	}
	return p
}

func options(req *mqtt.Request) llm.GenerateOptions {
	return llm.GenerateOptions{
		MaxTokens:     req.MaxTokens,
		Temperature:   float32(req.Temperature),
		TopK:          req.TopK,
		TopP:          float32(req.TopP),
		MinP:          float32(req.MinP),
		RepeatPenalty: float32(req.RepeatPenalty),
		Seed:          req.Seed,
		Stop:          req.Stop,
	}
}

func result(model string, queued time.Duration, r llm.Result) mqtt.Result {
	out := answerOf(model, r)
	out.Queued = queued
	return out
}

// enqueue is step 2. Whoever gives way to a newcomer is refused in its place.
func (d *daemon) enqueue(req *mqtt.Request) error {
	d.tickets.issue(req, d.work)
	displaced, err := d.queue.Put(queue.Item[*mqtt.Request]{Value: req, Client: req.Client, Deadline: req.Deadline})
	for _, other := range displaced {
		d.fail(other, d.queue.Full())
	}
	if err != nil {
		return err
	}
	d.log.Debug("prompt queued", "id", req.ID, "client", req.Client)
	d.tellPositions()
	d.health.changed()
	return nil
}

// reply is step 8. What was cut short by our end is no answer.
func (d *daemon) reply(ctx context.Context, req *mqtt.Request, r llm.Result) {
	if r.FinishReason == llm.FinishCancelled && errors.Is(context.Cause(ctx), errShuttingDown) {
		d.fail(req, errShuttingDown)
		return
	}
	if err := d.model.intact(); err != nil {
		d.fail(req, &llm.ModelError{Err: err})
		return
	}
	queued := d.running.began().Sub(req.Received)
	d.log.Info("prompt answered", "id", req.ID, "client", req.Client, "finish", r.FinishReason,
		"prompt_tokens", r.PromptTokens, "cached_tokens", r.CachedTokens, "completion_tokens", r.CompletionTokens,
		"queued", queued.Round(time.Millisecond), "prefill", r.Prefill.Round(time.Millisecond), "decode", r.Decode.Round(time.Millisecond))
	d.logText(req, r.Text)
	if req.Conversation != "" && r.Text != "" && r.FinishReason != llm.FinishCancelled {
		d.conversations.add(req.Conversation, time.Now(), prompt(req), r.Text)
	}
	d.tickets.settle(req)
	d.health.answered(r)
	d.mqtt.Reply(req, result(d.model.name(), queued, r))
	d.health.changed()
}

// fail is the one reply of a prompt that gets no answer, at whatever step.
func (d *daemon) fail(req *mqtt.Request, err error) {
	d.tickets.settle(req)
	if errors.Is(err, queue.ErrClosed) || errors.Is(err, errShuttingDown) {
		d.giveBack(req)
		return
	}
	var broken *llm.ModelError
	if errors.As(err, &broken) {
		d.model.broke(broken)
	}
	var encode *encodeError
	e := refusal(err)
	switch {
	case e.Code == mqtt.Internal:
		d.log.Error("prompt failed", "id", req.ID, "client", req.Client, "err", err)
	case e.Code == mqtt.QueueFull: // a storm of prompts is not to be one of log lines
		d.log.Debug("prompt refused", "id", req.ID, "client", req.Client, "code", e.Code)
	case errors.As(err, &encode): // in words that may be the prompt's own
		d.log.Info("prompt refused by the chat template", "id", req.ID, "client", req.Client, "code", e.Code)
	default:
		d.log.Info("prompt refused", "id", req.ID, "client", req.Client, "code", e.Code, "err", e.Message)
	}
	d.mqtt.Fail(req, e)
	d.health.changed()
}

// giveBack is what happens to a prompt when we leave. One that was not begun and
// that the broker keeps for us is better answered next time than refused now.
func (d *daemon) giveBack(req *mqtt.Request) {
	if req.Kept() && !d.running.is(req) {
		d.mqtt.Abandon(req)
		return
	}
	d.mqtt.Fail(req, refusal(errShuttingDown))
}

// cancel ends the prompts that it is about, at whatever step they are. It is called
// by the connection's reader.
func (d *daemon) cancel(is func(*mqtt.Request) bool) {
	for _, req := range d.queue.Remove(is) {
		d.log.Info("prompt cancelled in the queue", "id", req.ID, "client", req.Client)
		d.tickets.settle(req)
		d.mqtt.Reply(req, mqtt.Result{Model: d.model.name(), FinishReason: mqtt.FinishCancelled, Queued: time.Since(req.Received)})
	}
	d.tickets.cancel(is) // the running one ends by itself, with the text so far
	d.tellPositions()
	d.health.changed()
}

// tellPositions publishes where everybody stands in the queue.
func (d *daemon) tellPositions() {
	for i, req := range d.queue.Waiting() {
		d.mqtt.Status(req, mqtt.Queued, i+1, 0)
	}
}

// logText writes what was said to the log, where the configuration asks for it.
func (d *daemon) logText(req *mqtt.Request, text string) {
	if d.logPrompts.Load() {
		d.log.Info("prompt and answer", "id", req.ID, "prompt", req.Prompt, "messages", req.Messages, "answer", text)
	}
}
