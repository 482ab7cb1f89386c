package main

import (
	"slices"
	"sort"
	"time"

	"llamad/runtime/chat"
	"llamad/runtime/llm"
	"llamad/runtime/tokenizer"
)

const (
	conversationIdle = 5 * time.Minute // without a word ends a conversation
	maxConversations = 32              // the one unused for longest gives way
)

// conversations remembers what was said, by name. It is kept as messages, never
// longer than a context holds; the KV state of the same words is the engine's and
// may come and go. Only the goroutine that computes uses it.
type conversations struct {
	byName map[string]*conversation
}

type conversation struct {
	exchanges []exchange // oldest first
	used      time.Time  // when the last answer was given
}

// exchange is a prompt with its answer. It is remembered or forgotten whole.
type exchange struct {
	asked  []chat.Message
	answer string
}

// at is the conversation of that name, if it has not ended by then.
func (c *conversations) at(name string, now time.Time) *conversation {
	talk := c.byName[name]
	if talk != nil && now.Sub(talk.used) > conversationIdle {
		delete(c.byName, name)
		talk = nil
	}
	if talk == nil {
		return &conversation{}
	}
	return talk
}

// end forgets a conversation.
func (c *conversations) end(name string) { delete(c.byName, name) }

// sweep forgets the conversations that have ended by themselves.
func (c *conversations) sweep(now time.Time) {
	for name := range c.byName {
		c.at(name, now)
	}
}

// add remembers what was said last.
func (c *conversations) add(name string, now time.Time, p llm.Prompt, answer string) {
	if c.byName == nil {
		c.byName = map[string]*conversation{}
	}
	talk := c.byName[name]
	if talk == nil {
		talk = &conversation{}
		c.byName[name] = talk
	}
	talk.add(p, answer)
	talk.used = now
	if len(c.byName) > maxConversations {
		oldest := name
		for other, talk := range c.byName {
			if talk.used.Before(c.byName[oldest].used) {
				oldest = other
			}
		}
		delete(c.byName, oldest)
	}
}

// add remembers a prompt with its answer.
func (talk *conversation) add(p llm.Prompt, answer string) {
	_, asked := turns(p)
	talk.exchanges = append(talk.exchanges, exchange{asked, answer})
}

// messages are all that was said, oldest first.
func (talk *conversation) messages() []chat.Message {
	var all []chat.Message
	for _, e := range talk.exchanges {
		all = append(all, e.asked...)
		all = append(all, chat.Message{Role: "assistant", Content: e.answer})
	}
	return all
}

// encode gives the ids of p behind what was said before. Where they would leave
// too little room for an answer of that many tokens, 0 being as many as there is
// room for, the oldest exchanges are forgotten: half of what there is room for,
// since the engine reads everything anew behind what is missing, and that had
// better not be at every turn.
func (talk *conversation) encode(p llm.Prompt, context, answer int, encode func(llm.Prompt) ([]tokenizer.ID, error)) ([]tokenizer.ID, error) {
	system, asked := turns(p)
	without := func(forgotten int) ([]tokenizer.ID, error) {
		kept := conversation{exchanges: talk.exchanges[forgotten:]}
		p.Messages = slices.Concat(system, kept.messages(), asked)
		return encode(p)
	}
	room := context - context/4
	if answer > 0 {
		room = context - min(answer, context/4)
	}
	ids, err := without(0)
	all := len(talk.exchanges)
	if err != nil || all == 0 || len(ids) <= room {
		return ids, err
	}
	if ids, err = without(all); err != nil {
		return nil, err
	}
	half := (len(ids) + room) / 2 // between what the prompt alone needs and all there is
	forgotten := sort.Search(all, func(n int) bool {
		ids, e := without(n)
		if e != nil {
			err = e
		}
		return len(ids) <= half
	})
	if err != nil {
		return nil, err
	}
	talk.exchanges = slices.Clone(talk.exchanges[forgotten:])
	return without(0)
}

// turns takes a prompt apart: what stands in front of every conversation, which
// is the newest prompt's to say, and what continues it.
func turns(p llm.Prompt) (system, asked []chat.Message) {
	if p.Messages == nil {
		return nil, []chat.Message{{Role: "user", Content: p.Text}}
	}
	n := 0
	for n < len(p.Messages) && p.Messages[n].Role == "system" {
		n++
	}
	return p.Messages[:n], p.Messages[n:]
}
