package main

import (
	"errors"
	"fmt"
	"strings"

	"llamad/mqtt"
)

var noBroker = verdict{unasked, "the broker cannot be asked", ""}

// checkup asks the broker, once. It is nil where nobody can.
func (e *examination) checkup() *mqtt.Checkup {
	if e.broker == nil && e.config != nil {
		c := mqtt.Examine(e.ctx, brokerOf(e.config), e.config.MQTT.Prefix, e.config.MQTT.Node)
		e.broker = &c
	}
	return e.broker
}

func (e *examination) reach() verdict {
	c := e.checkup()
	switch {
	case c == nil:
		return noConfiguration
	case c.Reach != nil && e.config.Broker.Enabled:
		v := sick(c.Reach)
		v.cure = "this broker is the one inside llamad (broker.enabled): start the service"
		return v
	case c.Reach != nil:
		return sick(c.Reach)
	}
	return verdict{fine, e.config.MQTT.Broker + " answers", ""}
}

func (e *examination) access() verdict {
	c := e.checkup()
	if c == nil || c.Reach != nil {
		return noBroker
	}
	if user := e.config.MQTT.Username; user != "" {
		return judged(c.Access, "the broker lets "+user+" in")
	}
	return judged(c.Access, "the broker lets llamad in without a name")
}

func (e *examination) subscribe() verdict {
	c := e.checkup()
	if c == nil || errors.Join(c.Reach, c.Access) != nil {
		return noBroker
	}
	return judged(c.Subscribe, "prompts may be read")
}

func (e *examination) publish() verdict {
	c := e.checkup()
	if c == nil || errors.Join(c.Reach, c.Access, c.Subscribe) != nil {
		return noBroker
	}
	return judged(c.Publish, "what is published arrives")
}

func (e *examination) session() verdict {
	c := e.checkup()
	if c == nil || errors.Join(c.Reach, c.Access, c.Subscribe, c.Publish) != nil {
		return noBroker
	}
	return judged(c.Session, "the broker remembers who was there")
}

// online is who goes by our name, if somebody does.
func (e *examination) online() (c *mqtt.Checkup, is bool) {
	c = e.checkup()
	return c, c != nil && c.State == "online"
}

func (e *examination) node() verdict {
	c, online := e.online()
	if c == nil || errors.Join(c.Reach, c.Access, c.Subscribe) != nil {
		return noBroker
	}
	base := e.config.MQTT.Prefix + "/" + e.config.MQTT.Node
	switch {
	case !online && c.State == "":
		return verdict{odd, "no llamad was ever seen as " + base, "start the service: systemctl enable --now llamad"}
	case !online:
		return verdict{odd, "llamad at " + base + " is offline", "start the service: systemctl start llamad"}
	case e.isOurs(c.Info.Instance):
		return verdict{fine, base + " is online, llamad " + c.Info.Version + ", " + c.Info.Status, ""}
	}
	return verdict{odd, fmt.Sprintf("another llamad (instance %s) is online as %s: this one takes a longer name", c.Info.Instance, base),
		"set mqtt.node, so that each machine has a name of its own"}
}

// isOurs says whether a daemon of this machine calls itself so, or none left its
// name behind.
func (e *examination) isOurs(instance string) bool {
	none := true
	for _, dir := range []string{stateDirectory(e.app.environ), serviceState + strings.TrimPrefix(e.unit, "llamad")} {
		if ours, err := readInstance(dir); err == nil {
			if ours == instance {
				return true
			}
			none = false
		}
	}
	return none
}

// serviceState is where the service of the package keeps its state; that of
// llamad@kitchen ends in @kitchen.
const serviceState = "/var/lib/llamad/state"

func (e *examination) clientID() verdict {
	c, online := e.online()
	switch {
	case c == nil || errors.Join(c.Reach, c.Access, c.Subscribe, c.Publish, c.Session) != nil:
		return noBroker
	case !online:
		return verdict{unasked, "llamad is not online", ""}
	case c.Changes > 1:
		return verdict{broken, fmt.Sprintf("llamad went and came %d times while we looked", c.Changes/2),
			"another daemon uses our client id, which a copied SD card or state directory does: give it another mqtt.node, or remove the file instance from its state directory"}
	}
	return verdict{fine, "nobody else uses it", ""}
}
