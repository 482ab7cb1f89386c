package systemd

import (
	"fmt"
	"strings"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Ready ends start-up or a reload. The status is what systemctl status shows.
func Ready(status string) error {
	return notify(daemon.SdNotifyReady, statusLine(status))
}

// Status replaces the line that systemctl status shows.
func Status(status string) error {
	return notify(statusLine(status))
}

// Reloading begins a reload, which Ready ends. The time that goes with it is
// what a unit of Type=notify-reload waits for (systemd 253); older ones ignore it.
func Reloading() error {
	return notify(daemon.SdNotifyReloading, strings.TrimSpace(daemon.SdNotifyMonotonicUsec()))
}

// Stopping begins an orderly end.
func Stopping(status string) error {
	return notify(daemon.SdNotifyStopping, statusLine(status))
}

// notify sends one message of several lines, see sd_notify(3).
func notify(lines ...string) error {
	if _, err := daemon.SdNotify(false, strings.Join(lines, "\n")); err != nil {
		return fmt.Errorf("notify systemd: %w", err)
	}
	return nil
}

// statusLine keeps a status from being read as further assignments.
func statusLine(status string) string {
	return "STATUS=" + strings.Join(strings.FieldsFunc(status, func(r rune) bool { return r < ' ' }), " ")
}
