package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"llamad/board"
	"llamad/config"
	"llamad/mqtt"
	"llamad/mqtt/broker"
	"llamad/runtime/chat"
	"llamad/runtime/llm"
	"llamad/runtime/queue"
	"llamad/systemd"
)

// runningGrace is what the running prompt gets to finish when we are told to stop.
const runningGrace = 20 * time.Second

// daemonOptions are what a daemon is made of.
type daemonOptions struct {
	config   *config.Config
	log      *slog.Logger
	level    *slog.LevelVar // of log, for a reload; may be nil
	environ  []string
	stateDir string     // where what has to outlive us is kept
	trial    chat.Trial // of unknown chat templates; nil trusts them

	reload func() (*config.Config, error) // reads the configuration anew; nil is never

	// What a test puts in the place of the real thing; zero is the real one.
	open  func(ctx context.Context, path string, o llm.Options) (engine, error)
	root  fs.FS         // of the machine: /
	grace time.Duration // runningGrace
	look  time.Duration // how often an idle daemon looks at its model's file
}

// daemon answers prompts from MQTT with a model. serve.go is what it does; this
// file is how it starts and ends.
type daemon struct {
	o          daemonOptions
	log        *slog.Logger
	config     atomic.Pointer[config.Config]
	logPrompts atomic.Bool

	broker  *broker.Broker // the embedded one; nil where there is none
	mqtt    *mqtt.Service
	queue   *queue.Queue[*mqtt.Request]
	model   keeper
	health  *health
	journal *journal

	tickets tickets
	running running

	conversations conversations

	work   context.Context // of whatever is computed; its cause says why it ended
	halt   context.CancelCauseFunc
	opened chan struct{} // closed when the model is open, or is known not to be
}

// newDaemon makes a daemon and starts the embedded broker, so that its address is
// known. run does the rest, and ends the broker.
func newDaemon(o daemonOptions) (*daemon, error) {
	if o.open == nil {
		o.open = openEngine
	}
	if o.root == nil {
		o.root = os.DirFS("/")
	}
	if o.grace == 0 {
		o.grace = runningGrace
	}
	if o.look == 0 {
		o.look = 5 * time.Second
	}
	c := o.config
	d := &daemon{
		o:      o,
		log:    o.log,
		queue:  queue.New[*mqtt.Request](queue.Options{Limit: c.MQTT.Queue}),
		opened: make(chan struct{}),
	}
	d.work, d.halt = context.WithCancelCause(context.Background())
	d.health = newHealth(d, board.At(o.root))
	d.model = keeper{
		find:   func() (string, error) { return d.config.Load().Model.File() },
		open:   d.open,
		log:    o.log,
		report: d.tellModel,
		file:   modelFile{rest: o.look},
		err:    errors.New("the model is not open yet"),
	}
	d.config.Store(c)
	d.logPrompts.Store(c.Log.Prompts)

	id, err := loadIdentity(o.stateDir, c.MQTT.Node)
	if err != nil {
		d.log.Warn("our identity cannot be kept; one made of the machine's is used", "err", err)
	}
	d.journal = openJournal(id.file(o.stateDir, "running"), o.log)
	d.health.present = presence{path: id.file(o.stateDir, "connected")}
	at := brokerOf(c)
	if c.Broker.Enabled {
		if d.broker, err = broker.Start(broker.Options{Port: c.Broker.Port, Log: o.log}); err != nil {
			return nil, err
		}
		if at.URL == config.Default().MQTT.Broker {
			at.URL = d.broker.URL()
		}
	}
	d.mqtt, err = mqtt.New(mqtt.Options{
		Broker:          at,
		ClientID:        id.clientID,
		Instance:        id.instance,
		Prefix:          c.MQTT.Prefix,
		Node:            c.MQTT.Node,
		Group:           c.MQTT.Group,
		Version:         version,
		Discovery:       mqtt.Discovery(c.MQTT.Discovery),
		DiscoveryPrefix: c.MQTT.DiscoveryPrefix,
		MaxPacket:       int(c.MQTT.MaxPacket),
		MaxAge:          c.MQTT.MaxAge,
		Seen:            d.health.present.last(),
		Policy:          policyOf(c),
		Prompt:          d.answer,
		Cancel:          d.cancel,
		Log:             o.log,
	})
	if err != nil {
		d.closeBroker()
		return nil, misconfigured(c, err)
	}
	d.tellModel()
	return d, nil
}

// misconfigured is a setting that only its user can judge.
func misconfigured(c *config.Config, err error) error {
	return &config.Error{Problems: []config.Problem{{File: c.File, Text: err.Error()}}}
}

func (d *daemon) open(ctx context.Context, path string) (engine, error) {
	o := modelOptions(d.config.Load(), d.o.environ)
	o.TemplateTrial = d.o.trial
	o.Log = d.log
	measuredThreads{filepath.Join(d.o.stateDir, threadsFile), d.log}.options(path, &o)
	return d.o.open(ctx, path, o)
}

// run serves until ctx ends and then leaves in order: no new prompts, some time
// for the running one, every reply published, "offline".
func (d *daemon) run(ctx context.Context) error {
	watchdog := begin(d.watch)
	health := begin(d.health.run)
	service := begin(d.mqtt.Run)
	late := begin(d.refuseLate)
	reload := begin(d.reloadOnSignal)
	worker := begin(d.compute)

	select {
	case <-d.opened:
		d.notify(systemd.Ready(d.statusLine()))
		d.log.Info("ready", "version", version, "topics", d.mqtt.Base())
	case <-ctx.Done():
	}
	<-ctx.Done()
	d.notify(systemd.Stopping("finishing the running prompt"))
	d.log.Info("stopping", "waiting", d.queue.Len(), "running", d.running.busy())

	d.mqtt.LeavePool()
	for _, req := range d.queue.Close() {
		d.fail(req, errShuttingDown)
	}
	select {
	case <-worker.ended:
	case <-time.After(d.o.grace):
		d.halt(errShuttingDown)
	}
	for _, p := range []*part{worker, reload, late, health, service, watchdog} {
		p.end()
	}
	d.halt(errShuttingDown)
	d.journal.close()
	d.model.close()
	d.closeBroker()
	d.log.Info("stopped")
	return nil
}

// part is a goroutine that somebody waits for.
type part struct {
	cancel context.CancelFunc
	ended  chan struct{}
}

func begin(f func(context.Context)) *part {
	ctx, cancel := context.WithCancel(context.Background())
	p := &part{cancel, make(chan struct{})}
	go func() {
		defer close(p.ended)
		f(ctx)
	}()
	return p
}

func (p *part) end() {
	p.cancel()
	<-p.ended
}

// compute is the goroutine that opens the model and answers, one prompt at a time.
func (d *daemon) compute(ctx context.Context) {
	d.model.refresh(ctx)
	close(d.opened)
	for {
		look, cancel := context.WithTimeout(ctx, d.rest())
		req, err := d.queue.Next(look)
		cancel()
		if errors.Is(err, queue.ErrClosed) || ctx.Err() != nil {
			return
		}
		d.model.refresh(ctx)
		if err != nil {
			d.conversations.sweep(time.Now())
			continue // nobody asks anything
		}
		d.tellPositions()
		d.running.begin(req)
		d.generate(d.tickets.of(req), req)
		d.queue.Done()
		d.running.end()
		d.delivered(ctx, req)
	}
}

// rest is how long to wait for a prompt before looking after the model without
// one. A prompt does so itself, so with a model at hand there is time: an idle
// board had better sleep. One that is being copied is whole as soon as nobody has
// written to it for a while.
func (d *daemon) rest() time.Duration {
	if d.model.sound() {
		return 6 * d.o.look
	}
	if pause := d.model.file.pause; pause > 0 {
		return min(pause, d.o.look)
	}
	return d.o.look
}

// delivered gives the broker a moment to take an answer, before the next prompt
// makes another. When it is away it is not waited for.
func (d *daemon) delivered(ctx context.Context, req *mqtt.Request) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	d.mqtt.Delivered(ctx, req)
}

// refuseLate answers prompts whose deadline passes while they wait.
func (d *daemon) refuseLate(ctx context.Context) {
	for {
		late, err := d.queue.Expired(ctx)
		if err != nil {
			return
		}
		for _, req := range late {
			d.fail(req, errExpired)
		}
		d.tellPositions()
	}
}

func (d *daemon) watch(ctx context.Context) {
	if err := systemd.Watch(ctx, d.running.evidence); err != nil {
		d.log.Error("the watchdog is not told that we live", "err", err)
	}
}

// tellModel says what became of the model to those who watch.
func (d *daemon) tellModel() {
	if d.mqtt == nil {
		return // not made yet
	}
	d.mqtt.SetInfo(d.model.describe())
	d.health.changed()
	d.notify(systemd.Status(d.statusLine()))
}

// statusLine is what systemctl status shows.
func (d *daemon) statusLine() string {
	line := d.model.status()
	if !d.mqtt.Connected() {
		return line + "; not connected to the broker"
	}
	return fmt.Sprintf("%s; %d waiting", line, d.queue.Len())
}

func (d *daemon) notify(err error) {
	if err != nil {
		d.log.Warn("systemd was not told", "err", err)
	}
}

func (d *daemon) closeBroker() {
	if d.broker != nil {
		d.broker.Close()
	}
}
