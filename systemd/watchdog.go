package systemd

import (
	"context"
	"fmt"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Evidence says whether there is work in hand, and how much has been done so
// far: a number that changes with every step, such as a layer of a batch or a
// token. It is called every few seconds and must not wait for the work.
type Evidence func() (done uint64, busy bool)

// looks is how often in a watchdog's limit its evidence is looked at.
const looks = 20

// Watch tells the watchdog that the daemon is alive, until ctx ends, for as
// long as the evidence shows it: there is nothing to do, or something was done
// since the last look. A daemon that holds work and does none of it is
// restarted after WatchdogSec.
//
// Without a watchdog in the unit it returns at once.
func Watch(ctx context.Context, evidence Evidence) error {
	limit, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		return fmt.Errorf("watchdog: %w", err)
	}
	if limit == 0 {
		return nil
	}
	// Work that hangs just after a look is alive at the next one, and has the whole
	// limit from then on: the longer from look to look, the later it ends.
	tick := time.NewTicker(limit / looks)
	defer tick.Stop()
	w := watch{evidence: evidence}
	for {
		if w.alive() {
			if err := notify(daemon.SdNotifyWatchdog); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// watch remembers what the last look saw.
type watch struct {
	evidence Evidence
	done     uint64
	busy     bool
}

// alive looks once. Work that was not there at the last look counts as alive.
func (w *watch) alive() bool {
	done, busy := w.evidence()
	alive := !busy || !w.busy || done != w.done
	w.done, w.busy = done, busy
	return alive
}
