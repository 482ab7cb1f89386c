package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"llamad/runtime/chat"
	"llamad/runtime/llm"
	"llamad/runtime/tokenizer"
)

// scribe stands in for the model: a word is a token, and the last prompt is kept.
type scribe struct{ saw llm.Prompt }

func (s *scribe) encode(p llm.Prompt) ([]tokenizer.ID, error) {
	s.saw = p
	words := len(strings.Fields(p.System))
	for _, m := range p.Messages {
		words += len(strings.Fields(m.Content))
	}
	return make([]tokenizer.ID, words), nil
}

// heard is the text that reached the model.
func (s *scribe) heard() string {
	var out []string
	for _, m := range s.saw.Messages {
		out = append(out, m.Role[:1]+":"+m.Content)
	}
	return strings.Join(out, " ")
}

var noon = time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC)

func TestConversation(t *testing.T) {
	var c conversations
	var s scribe
	now := noon
	say := func(name, text, answer string) string {
		t.Helper()
		p := llm.Prompt{Text: text, System: "short"}
		if _, err := c.at(name, now).encode(p, 100, 10, s.encode); err != nil {
			t.Fatal(err)
		}
		c.add(name, now, p, answer)
		return s.heard()
	}
	for _, step := range []struct {
		after        time.Duration
		name         string
		text, answer string
		want         string
		reset        bool
	}{
		{name: "kitchen", text: "one", answer: "1", want: "u:one"},
		{name: "kitchen", text: "two", answer: "2", want: "u:one a:1 u:two"},
		{name: "hall", text: "hello", answer: "hi", want: "u:hello"},
		{after: 4 * time.Minute, name: "kitchen", text: "three", answer: "3", want: "u:one a:1 u:two a:2 u:three"},
		{after: 2 * time.Minute, name: "hall", text: "still there?", answer: "no", want: "u:still there?"},
		{name: "kitchen", text: "four", answer: "4", want: "u:one a:1 u:two a:2 u:three a:3 u:four"},
		{name: "kitchen", reset: true, text: "five", answer: "5", want: "u:five"},
		{name: "kitchen", text: "six", answer: "6", want: "u:five a:5 u:six"},
		{after: conversationIdle + time.Second, name: "kitchen", text: "seven", answer: "7", want: "u:seven"},
	} {
		now = now.Add(step.after)
		if step.reset {
			c.end(step.name)
		}
		if got := say(step.name, step.text, step.answer); got != step.want || s.saw.System != "short" || s.saw.Text != step.text {
			t.Errorf("%s %q: the model heard %q, want %q", step.name, step.text, got, step.want)
		}
	}
	c.sweep(now.Add(conversationIdle))
	if len(c.byName) != 1 {
		t.Errorf("%d conversations are kept, want the kitchen's", len(c.byName))
	}
	c.sweep(now.Add(conversationIdle + time.Second))
	if len(c.byName) != 0 {
		t.Errorf("%d conversations outlive their end", len(c.byName))
	}
}

// Messages continue a conversation too, and theirs is the system message.
func TestConversationOfMessages(t *testing.T) {
	var c conversations
	var s scribe
	for i, want := range []string{"s:be brief u:hi", "s:be kind u:hi a:yes u:and you a:me? u:yes you"} {
		p := llm.Prompt{Messages: []chat.Message{{Role: "system", Content: []string{"be brief", "be kind"}[i]}, {Role: "user", Content: "hi"}}}
		if i == 1 {
			p.Messages = append(p.Messages[:1], chat.Message{Role: "user", Content: "and you"}, chat.Message{Role: "assistant", Content: "me?"}, chat.Message{Role: "user", Content: "yes you"})
		}
		if _, err := c.at("x", noon).encode(p, 100, 10, s.encode); err != nil || s.heard() != want {
			t.Errorf("the model heard %q, want %q; %v", s.heard(), want, err)
		}
		c.add("x", noon, p, "yes")
	}
}

// Old exchanges go whole, half of them at once, and never the prompt itself.
func TestConversationForgets(t *testing.T) {
	var c conversations
	var s scribe
	const context, answer = 40, 10
	forgot, before := 0, 0
	for i := range 50 {
		p := llm.Prompt{Text: fmt.Sprintf("question %d", i)}
		ids, err := c.at("x", noon).encode(p, context, answer, s.encode)
		if err != nil || len(ids) > context-answer {
			t.Fatalf("turn %d: %d tokens, %v", i, len(ids), err)
		}
		turns := len(s.saw.Messages)
		if turns%2 != 1 || s.saw.Messages[0].Role != "user" || s.saw.Messages[turns-1].Content != p.Text {
			t.Errorf("turn %d: the model heard %q", i, s.heard())
		}
		if turns < before {
			forgot++
		}
		before = turns
		c.add("x", noon, p, "an answer")
	}
	if forgot == 0 || forgot > 15 {
		t.Errorf("something was forgotten at %d of 50 turns; want it now and then", forgot)
	}
	// A prompt that fills the context alone leaves nothing of the others.
	long := llm.Prompt{Text: strings.Repeat("word ", 60)}
	if ids, err := c.at("x", noon).encode(long, context, answer, s.encode); err != nil || len(ids) != 60 {
		t.Errorf("%d tokens, %v", len(ids), err)
	}
	// As long an answer as there is room for leaves room for one.
	var open conversations
	for range 20 {
		p := llm.Prompt{Text: "two words"}
		if ids, err := open.at("x", noon).encode(p, context, 0, s.encode); err != nil || len(ids) > context*3/4 {
			t.Errorf("%d tokens, %v", len(ids), err)
		}
		open.add("x", noon, p, "an answer")
	}
}

func TestConversationsAreBounded(t *testing.T) {
	var c conversations
	for i := range 3 * maxConversations {
		c.add(fmt.Sprint(i), noon.Add(time.Duration(i)*time.Second), llm.Prompt{Text: "p"}, "a")
	}
	if len(c.byName) != maxConversations || c.byName[fmt.Sprint(3*maxConversations-1)] == nil || c.byName["0"] != nil {
		t.Errorf("%d conversations are kept", len(c.byName))
	}
}

func TestConversationPassesErrorsOn(t *testing.T) {
	var c conversations
	wrong := errors.New("the template does not take this")
	for _, turns := range []int{0, 3} {
		for range turns {
			c.add("x", noon, llm.Prompt{Text: "p"}, "a")
		}
		before := slices.Clone(c.at("x", noon).exchanges)
		_, err := c.at("x", noon).encode(llm.Prompt{Text: "p"}, 10, 5, func(llm.Prompt) ([]tokenizer.ID, error) { return nil, wrong })
		if !errors.Is(err, wrong) || len(c.at("x", noon).exchanges) != len(before) {
			t.Errorf("%v", err)
		}
	}
}
