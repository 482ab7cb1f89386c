package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"llamad/config"
	"llamad/mqtt"
)

// sendOptions are what send and its flags say.
type sendOptions struct {
	app          *app
	fields       *fields
	config       string
	broker       string
	node, prefix string
	username     string
	passwordFile string
	messages     string
	conversation string
	reset        bool
	oneOf        []string
	raw, json    bool
}

func (a *app) sendCommand() *cobra.Command {
	o := &sendOptions{app: a}
	cmd := &cobra.Command{
		Use:   "send [PROMPT]",
		Short: "Ask the service over MQTT",
		Long: `Publishes one prompt for the service, waits for its answer and prints it. On a
terminal the text shows as it comes. Exits with 1 when the service answers with
an error, and when nobody would answer. Ctrl-C cancels the prompt. Without
PROMPT, standard input is the prompt. A prompt that is a JSON object is sent as
the request it is.

Broker, node and password come from the configuration of the service where it
can be read, and from the environment: LLAMAD_MQTT_BROKER, LLAMAD_MQTT_PASSWORD.`,
		Example: `  llamad send "Why is the sky blue?"
  llamad send --broker mqtt://hub.lan --node pi4 "Why is the sky blue?"
  llamad send --one-of yes --one-of no "Is 17 a prime number?"
  llamad send --conversation livingroom "And what is the largest one?"
  llamad send --json --max-tokens 40 < question.txt`,
		Args: arguments(nil, "PROMPT"),
		RunE: a.do(o.run),
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	o.fields = newFields(flags, "system", "max_tokens", "temperature", "top_k", "top_p", "min_p", "repeat_penalty", "seed", "stop", "plain", "deadline_s")
	flags.StringArrayVar(&o.oneOf, "one-of", nil, "answer with the likeliest of these `text`s; give it once for each")
	flags.StringVar(&o.messages, "messages", "", "a conversation instead of a prompt: a `JSON` list of {\"role\",\"content\"}")
	flags.StringVar(&o.conversation, "conversation", "", "`name` of the conversation that the prompt continues")
	flags.BoolVar(&o.reset, "reset", false, "begin that conversation anew")
	flags.BoolVar(&o.raw, "raw", false, "the prompt is the complete text with its control tokens; needs mqtt.raw")
	flags.BoolVar(&o.json, "json", false, "print the answer object instead of the text")
	flags.StringVar(&o.broker, "broker", "", "`address` of the broker, such as mqtt://hub.lan or mqtts://hub.lan:8883")
	flags.StringVar(&o.node, "node", "", "`name` of the machine that answers; by default this one")
	flags.StringVar(&o.prefix, "prefix", "", "`topic` in front of the node's name")
	flags.StringVar(&o.username, "username", "", "`name` of the user at the broker")
	flags.StringVar(&o.passwordFile, "password-file", "", "`file` that holds the password at the broker")
	flags.StringVar(&o.config, "config", "", "take [mqtt] from this `file`")
	return cmd
}

func (o *sendOptions) run(ctx context.Context, args []string) error {
	request, err := o.request(args)
	if err != nil {
		return err
	}
	c, err := o.settings()
	if err != nil {
		return err
	}
	return o.print(ctx, c, request)
}

// request is the JSON object to send.
func (o *sendOptions) request(args []string) (map[string]any, error) {
	request := map[string]any{}
	switch {
	case o.messages != "" && (o.raw || len(args) > 0):
		return nil, usagef("--messages stands in for PROMPT and does not go with --raw")
	case o.messages != "":
		messages, err := parseMessages(o.messages)
		if err != nil {
			return nil, err
		}
		request["messages"] = messages
	default:
		prompt, err := o.app.prompt(args, 0)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(strings.TrimSpace(prompt), "{") {
			dec := json.NewDecoder(strings.NewReader(prompt))
			dec.UseNumber() // to send what was written
			if err := dec.Decode(&request); err != nil {
				return nil, usagef("the prompt begins with { and is no JSON object: %v", err)
			}
		} else {
			request["prompt"] = prompt
		}
	}
	given := o.fields.apply(config.Request{})
	for _, name := range o.fields.names() {
		request[name] = given.Get(name)
	}
	if o.oneOf != nil {
		request["one_of"] = o.oneOf
	}
	if o.conversation != "" {
		request["conversation"] = o.conversation
	}
	if o.reset {
		request["reset"] = true
	}
	if o.raw {
		request["raw"] = true
	}
	return request, nil
}

// settings are those of the service where its file can be read, changed by flags.
func (o *sendOptions) settings() (*config.Config, error) {
	environ, flags := o.app.environ, map[string]string{} // variable -> flag
	for name, value := range map[string]string{
		"broker": o.broker, "node": o.node, "prefix": o.prefix, "username": o.username, "password_file": o.passwordFile,
	} {
		if value != "" {
			variable := config.EnvName("mqtt", name)
			environ = append(environ, variable+"="+value)
			flags[variable] = "--" + strings.ReplaceAll(name, "_", "-")
		}
	}
	c, warnings, err := config.Load(o.config, environ)
	if o.config == "" && errors.Is(err, fs.ErrPermission) {
		// The service's file is not for everybody's eyes, and need not be.
		c, warnings, err = config.Environment(environ)
	}
	o.app.warn(warnings)
	var wrong *config.Error
	if errors.As(err, &wrong) {
		for _, p := range wrong.Problems {
			if flag := flags[p.Key]; flag != "" {
				return nil, usagef("%s: %s", flag, p.Text)
			}
		}
	}
	return c, err
}

// grace is what an answer may take beyond its deadline before we give up on the
// service: the queue, the last batch and the network.
const grace = 60 * time.Second

// print has the service answer request and prints what it says: as it comes where
// standard output is a terminal, else when it is complete.
func (o *sendOptions) print(ctx context.Context, c *config.Config, request map[string]any) error {
	a := o.app
	show := &transcript{out: a.stdout, reading: newProgress(a.stderr, "the service reads the prompt")}
	request["stream"] = isTerminal(a.stdout) && !o.json // whatever the configuration says
	reply, err := ask(ctx, c, request, show)
	switch {
	case err != nil:
		return err
	case o.json:
		if _, err := fmt.Fprintf(a.stdout, "%s\n", reply.Object); err != nil {
			return err
		}
	case reply.Err == nil:
		return show.end(reply.Text)
	}
	if reply.Err != nil {
		return fmt.Errorf("the service answered: %w", reply.Err)
	}
	return nil
}

// ask sends request to the daemon that c means, and waits for its reply.
func ask(ctx context.Context, c *config.Config, request map[string]any, show *transcript) (*mqtt.Reply, error) {
	request["reply"] = "json"
	id, given := request["id"].(string)
	if !given {
		id = newPromptID()
		request["id"] = id
	}
	payload, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	limit := replyWithin(c, request)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %v", limit))
	defer cancel()
	reply, err := mqtt.Ask(ctx, mqtt.Question{
		Broker:   brokerOf(c),
		Prefix:   c.MQTT.Prefix,
		Node:     c.MQTT.Node,
		Payload:  payload,
		ID:       id,
		OnStatus: show.status,
		OnPart:   show.part,
	})
	show.reading.clear()
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, withHint(context.Cause(ctx), "see what the service does: journalctl -u llamad")
	}
	return reply, err
}

// replyWithin is how long the reply to request may take. Where request says nothing
// of a deadline, we can only guess that the service has the same default.
func replyWithin(c *config.Config, request map[string]any) time.Duration {
	seconds := float64(c.Generate.DeadlineS)
	switch s := request["deadline_s"].(type) {
	case int: // of a flag
		seconds = float64(s)
	case json.Number: // of a request in JSON
		if n, err := s.Float64(); err == nil {
			seconds = n
		}
	}
	const longest = 24 * time.Hour // that a request may ask for; of more the service says so at once
	return grace + time.Duration(min(seconds, longest.Seconds())*float64(time.Second))
}

// newPromptID names a prompt, so that it can be cancelled.
func newPromptID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return "send-" + hex.EncodeToString(b[:])
}

// brokerOf is where the configuration says the broker is.
func brokerOf(c *config.Config) mqtt.Broker {
	return mqtt.Broker{
		URL:      c.MQTT.Broker,
		Username: c.MQTT.Username,
		Password: c.MQTT.Password.Reveal(),
		TLS:      mqtt.TLS{CA: c.MQTT.TLS.CA, Cert: c.MQTT.TLS.Cert, Key: c.MQTT.TLS.Key},
	}
}

// checkConnection refuses a broker that could never be reached: a file of the
// TLS settings that is missing or makes no sense.
func checkConnection(c *config.Config) error {
	b := brokerOf(c)
	if err := b.Check(); err != nil {
		return &config.Error{Problems: []config.Problem{{File: c.File, Text: err.Error()}}}
	}
	return nil
}
