package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"llamad/config"
	"llamad/systemd"
)

// reloadOnSignal reads the configuration anew at each SIGHUP.
func (d *daemon) reloadOnSignal(ctx context.Context) {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	for {
		select {
		case <-hangups:
			d.notify(systemd.Reloading())
			d.reload()
			d.notify(systemd.Ready(d.statusLine()))
		case <-ctx.Done():
			return
		}
	}
}

// reload applies what can change while we run, and says what can't. A
// configuration with an error changes nothing.
func (d *daemon) reload() {
	if d.o.reload == nil {
		d.log.Warn("there is no configuration to reload")
		return
	}
	c, err := d.o.reload()
	if err == nil {
		err = d.mqtt.SetPolicy(policyOf(c))
	}
	if err != nil {
		d.logConfigError(err)
		return
	}
	live, restart := config.Changes(d.config.Load(), c)
	if d.o.level != nil {
		d.o.level.Set(levelOf(c))
	}
	d.logPrompts.Store(c.Log.Prompts)
	d.log.Info("configuration reloaded", "changed", strings.Join(live, " "))
	if len(restart) > 0 {
		d.log.Warn("some changes need a restart", "keys", strings.Join(restart, " "), "cure", "systemctl restart llamad")
	}
}

func (d *daemon) logConfigError(err error) {
	var wrong *config.Error
	if !errors.As(err, &wrong) {
		d.log.Error("the configuration stays as it was", "err", err)
		return
	}
	for _, p := range wrong.Problems {
		d.log.Error("the configuration stays as it was: "+p.String(), "cure", p.Hint)
	}
}

func levelOf(c *config.Config) slog.Level {
	var level slog.Level
	if level.UnmarshalText([]byte(c.Log.Level)) != nil {
		return slog.LevelInfo // config knows only good ones
	}
	return level
}
