// Package systemd speaks with the service manager: readiness, status, reload
// and watchdog over its notification socket, and log lines as the journal likes
// them. The unit files stand beside the code and are embedded, so that a test
// can hold the two together.
//
// Everything works without systemd too: with no NOTIFY_SOCKET in the
// environment the messages go nowhere, and logs are plain text.
package systemd
