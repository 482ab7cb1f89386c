package main

import (
	"errors"
	"fmt"
	"strings"

	"llamad/config"
	"llamad/mqtt"
	"llamad/runtime/llm"
)

var (
	noConfiguration = verdict{unasked, "the configuration is broken", ""}
	noBroker        = verdict{unasked, "the broker cannot be asked", ""}
)

func (e *examination) configuration() verdict {
	c, warnings, err := config.Load(e.file, e.app.environ)
	if err == nil {
		err = checkConnection(c)
	}
	var wrong *config.Error
	switch {
	case errors.As(err, &wrong):
		return problems(broken, wrong.Problems)
	case err != nil:
		return sick(err)
	}
	e.config = c
	if len(warnings) > 0 {
		return problems(odd, warnings)
	}
	if c.File == "" {
		return verdict{fine, "there is no " + config.DefaultPath + ": the defaults hold", ""}
	}
	return verdict{fine, c.File, ""}
}

// problems puts what is wrong in lines, and the cures too.
func problems(g grade, list []config.Problem) verdict {
	var found, cures []string
	for _, p := range list {
		found = append(found, p.String())
		if p.Hint != "" {
			cures = append(cures, p.Hint)
		}
	}
	return verdict{g, strings.Join(found, "\n"), strings.Join(cures, "; ")}
}

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
	ours := e.instance()
	switch {
	case !online && c.State == "":
		return verdict{odd, "no llamad was ever seen as " + base, "start the service: systemctl enable --now llamad"}
	case !online:
		return verdict{odd, "llamad at " + base + " is offline", "start the service: systemctl start llamad"}
	case ours == "" || c.Info.Instance == ours:
		return verdict{fine, base + " is online, llamad " + c.Info.Version + ", " + c.Info.Status, ""}
	}
	return verdict{odd, fmt.Sprintf("another llamad (instance %s) is online as %s: this one takes a longer name", c.Info.Instance, base),
		"set mqtt.node, so that each machine has a name of its own"}
}

// instance is how our daemon calls itself, "" when it left nothing behind.
func (e *examination) instance() string {
	for _, dir := range []string{stateDirectory(e.app.environ), serviceState} {
		if instance, err := readInstance(dir); err == nil {
			return instance
		}
	}
	return ""
}

// serviceState is where the service of the package keeps its state.
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

// model opens the model, unless the service has done so.
func (e *examination) model() verdict {
	if e.config == nil {
		return noConfiguration
	}
	path, err := e.config.Model.File()
	if err != nil {
		return sick(err)
	}
	if c, online := e.online(); online && c.Info.Model != nil {
		if m := c.Info.Model; c.Info.Status == "ready" {
			return verdict{fine, fmt.Sprintf("the service has %s open: %s, context %d", m.Name, m.Quantization, m.Context), ""}
		}
	}
	o := modelOptions(e.config, e.app.environ)
	o.TemplateTrial = trial()
	m, err := llm.Open(e.ctx, path, o)
	if err != nil {
		return sick(unservable(path, err))
	}
	defer m.Close()
	i, plan := m.Info(), m.Plan()
	v := verdict{fine, fmt.Sprintf("%s: %s, %s, %s kernels, context %d; %.0f of %.0f MB of memory",
		path, i.Architecture, i.Quantization, i.Kernel, i.Context, float64(plan.Total())/1e6, float64(plan.Budget)/1e6), ""}
	if len(i.Warnings) > 0 {
		v.grade, v.found = odd, v.found+"\n"+strings.Join(i.Warnings, "\n")
	}
	return v
}
