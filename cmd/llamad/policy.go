package main

import (
	"time"

	"llamad/config"
	"llamad/mqtt"
)

// policyOf is what the configuration says about requests.
func policyOf(c *config.Config) mqtt.Policy {
	p := mqtt.Policy{
		Defaults:       fieldsOf(c.Generate),
		Clients:        map[string]mqtt.Fields{},
		ResponseTopics: c.MQTT.ResponseTopics,
		Raw:            c.MQTT.Raw,
	}
	for name, client := range c.Clients {
		f := fieldsOf(client.Request)
		f.Raw = client.Raw
		f.OneOf = client.OneOf
		f.Conversation = client.Conversation
		f.ResponseTopic = client.ResponseTopic
		f.Last = client.Last
		p.Clients[name] = f
	}
	return p
}

func fieldsOf(r config.Request) mqtt.Fields {
	return mqtt.Fields{
		System:        r.System,
		MaxTokens:     r.MaxTokens,
		Temperature:   r.Temperature,
		TopK:          r.TopK,
		TopP:          r.TopP,
		MinP:          r.MinP,
		RepeatPenalty: r.RepeatPenalty,
		Seed:          r.Seed,
		Stop:          r.Stop,
		Stream:        mqtt.Stream(r.Stream),
		Reply:         mqtt.Form(r.Reply),
		Plain:         r.Plain,
		Deadline:      time.Duration(r.DeadlineS) * time.Second,
	}
}
