//go:build vm

package vm

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// agent runs commands on a board through qemu's guest agent, which needs no
// network there. It speaks JSON objects over a virtual serial line.
type agent struct {
	conn    net.Conn
	replies chan reply // closed when qemu is gone
	last    int        // id of the last request
}

type reply struct {
	ID     int
	Return json.RawMessage
	Error  *struct{ Desc string }
}

// result is what a command came to.
type result struct {
	code     int // 128 + n where signal n ended it
	out, err string
}

var (
	errSilent = errors.New("the board's agent does not answer") // as during a boot
	errGone   = errors.New("qemu is gone")
)

// newAgent makes the line; the file is qemu's end of it.
func newAgent(t *testing.T) (*agent, *os.File) {
	t.Helper()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "agent"), os.NewFile(uintptr(pair[1]), "agent")
	defer ours.Close()
	conn, err := net.FileConn(ours) // of a duplicate
	if err != nil {
		t.Fatal(err)
	}
	a := &agent{conn: conn, replies: make(chan reply)}
	go a.read()
	return a, theirs
}

func (a *agent) read() {
	defer close(a.replies)
	for in := bufio.NewReader(a.conn); ; {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var r reply
		if json.Unmarshal(line, &r) == nil {
			a.replies <- r
		}
	}
}

// close hangs up and waits for the goroutine that reads.
func (a *agent) close() {
	_ = a.conn.Close()
	for range a.replies {
	}
}

// ask has the agent do one thing. Replies to requests that were given up are
// passed over.
func (a *agent) ask(do string, arguments map[string]any, patience time.Duration) (json.RawMessage, error) {
	a.last++
	request, err := json.Marshal(map[string]any{"execute": do, "arguments": arguments, "id": a.last})
	if err != nil {
		return nil, err
	}
	if _, err := a.conn.Write(append(request, '\n')); err != nil {
		return nil, errGone
	}
	timeout := time.After(patience)
	for {
		select {
		case r, ok := <-a.replies:
			switch {
			case !ok:
				return nil, errGone
			case r.ID != a.last:
			case r.Error != nil:
				return nil, fmt.Errorf("%s: %s", do, r.Error.Desc)
			default:
				return r.Return, nil
			}
		case <-timeout:
			return nil, errSilent
		}
	}
}

// ping fails where the agent does not answer.
func (a *agent) ping(patience time.Duration) error {
	_, err := a.ask("guest-ping", map[string]any{}, patience)
	return err
}

// run runs a shell's command to its end, as root.
func (a *agent) run(command string, patience time.Duration) (result, error) {
	deadline := time.Now().Add(patience)
	answer, err := a.ask("guest-exec", map[string]any{
		"path": "/bin/sh", "arg": []string{"-c", command}, "capture-output": true,
		"env": []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"},
	}, patience)
	if err != nil {
		return result{}, err
	}
	var started struct{ PID int }
	if err := json.Unmarshal(answer, &started); err != nil {
		return result{}, err
	}
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		answer, err := a.ask("guest-exec-status", map[string]any{"pid": started.PID}, max(time.Until(deadline), time.Second))
		if err != nil {
			return result{}, err
		}
		var s struct {
			Exited           bool
			ExitCode, Signal int
			Out              []byte `json:"out-data"`
			Err              []byte `json:"err-data"`
		}
		if err := json.Unmarshal(answer, &s); err != nil {
			return result{}, err
		}
		if s.Signal != 0 {
			s.ExitCode = 128 + s.Signal
		}
		switch {
		case s.Exited:
			return result{s.ExitCode, string(s.Out), string(s.Err)}, nil
		case time.Now().After(deadline):
			return result{}, fmt.Errorf("it did not end within %v", patience)
		}
		time.Sleep(pause)
	}
}
