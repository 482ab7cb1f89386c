package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// lineEditor reads lines from a terminal, with arrow keys, history and paste. Between
// two lines the terminal shows output as ever and Ctrl-C is a signal; what is typed
// then is kept for the next line, and not shown before.
type lineEditor struct {
	in, out  *os.File
	terminal *term.Terminal
	keys     *keys
	before   *unix.Termios // how we found the terminal
	typing   *unix.Termios // while a line is read: every key is ours
	between  *unix.Termios // while an answer is written

	stop    context.CancelFunc
	resized chan os.Signal
	ignored chan os.Signal
	wake    *os.File      // closed to end a read
	watched chan struct{} // closed when watch has ended
}

// newLineEditor takes the terminal over until close. The context that it gives ends
// with ctx and with the signals that end a program, as does a read.
func newLineEditor(ctx context.Context, in, out *os.File, past term.History) (*lineEditor, context.Context, error) {
	fd := int(in.Fd())
	before, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return nil, nil, fmt.Errorf("the terminal: %w", err)
	}
	between := *before
	between.Iflag &^= unix.ICRNL | unix.INLCR | unix.IGNCR | unix.IXON
	between.Lflag &^= unix.ECHO | unix.ICANON | unix.IEXTEN
	between.Lflag |= unix.ISIG
	between.Cc[unix.VMIN], between.Cc[unix.VTIME] = 1, 0
	typing := between
	typing.Lflag &^= unix.ISIG
	asleep, wake, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	e := &lineEditor{in: in, out: out, before: before, typing: &typing, between: &between, wake: wake,
		keys: &keys{in: in, asleep: asleep}, resized: make(chan os.Signal, 1), ignored: make(chan os.Signal, 1), watched: make(chan struct{})}
	e.terminal = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{e.keys, out}, "")
	e.terminal.History = past
	// A Ctrl-C that comes between two answers is too late, and does not end us.
	signal.Notify(e.ignored, syscall.SIGINT)
	signal.Notify(e.resized, syscall.SIGWINCH)
	ctx, e.stop = signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGHUP)
	e.fit()
	go e.watch(ctx)
	if err := e.mode(e.between); err != nil {
		return nil, nil, errors.Join(err, e.close())
	}
	return e, ctx, nil
}

// watch follows the size of the window, and ends a read with ctx.
func (e *lineEditor) watch(ctx context.Context) {
	defer close(e.watched)
	for {
		select {
		case <-e.resized:
			e.fit()
		case <-ctx.Done():
			e.wake.Close()
			return
		}
	}
}

// fit tells the line how wide the window is.
func (e *lineEditor) fit() {
	if size, err := unix.IoctlGetWinsize(int(e.out.Fd()), unix.TIOCGWINSZ); err == nil && size.Col > 0 {
		_ = e.terminal.SetSize(int(size.Col), int(size.Row)) // what fails to be drawn is drawn at the next key
	}
}

func (e *lineEditor) mode(t *unix.Termios) error {
	if err := unix.IoctlSetTermios(int(e.in.Fd()), unix.TCSETSW, t); err != nil {
		return fmt.Errorf("the terminal: %w", err)
	}
	return nil
}

func (e *lineEditor) read(prompt string) (line string, pasted bool, err error) {
	if err := e.mode(e.typing); err != nil {
		return "", false, err
	}
	e.terminal.SetPrompt(prompt)
	e.terminal.SetBracketedPasteMode(true)
	line, err = e.terminal.ReadLine()
	e.terminal.SetBracketedPasteMode(false)
	err = errors.Join(err, e.mode(e.between))
	switch {
	case e.keys.interrupted:
		e.keys.interrupted = false
		return "", false, errInterrupted
	case errors.Is(err, term.ErrPasteIndicator):
		return line, true, nil
	case err != nil:
		fmt.Fprintln(e.out) // the prompt stands on a line of its own
	}
	return line, false, err
}

// close leaves the terminal as it was.
func (e *lineEditor) close() error {
	signal.Stop(e.ignored)
	signal.Stop(e.resized)
	e.stop()
	<-e.watched
	return errors.Join(e.mode(e.before), e.keys.asleep.Close())
}

// keys are what is typed. Ctrl-C, which the library takes for the end of all input,
// becomes keys that take the line back.
type keys struct {
	in          *os.File
	asleep      *os.File // can be read from when nothing more is to be read
	buffer      [128]byte
	rest        []byte // of buffer, not given yet
	interrupted bool
}

const (
	ctrlC    = "\x03"
	takeBack = "\x05\x15\r" // to the end of the line, delete all before, enter
)

func (k *keys) Read(p []byte) (int, error) {
	if len(k.rest) == 0 {
		if err := k.wait(); err != nil {
			return 0, err
		}
		n, err := k.in.Read(k.buffer[:])
		if err != nil {
			return 0, err
		}
		k.rest = k.buffer[:n]
	}
	if strings.HasPrefix(string(k.rest), ctrlC) && len(p) >= len(takeBack) {
		k.rest = k.rest[len(ctrlC):]
		k.interrupted = true
		return copy(p, takeBack), nil
	}
	n := len(k.rest)
	if i := strings.Index(string(k.rest[1:]), ctrlC); i >= 0 {
		n = 1 + i
	}
	n = copy(p, k.rest[:n])
	k.rest = k.rest[n:]
	return n, nil
}

// wait returns when there is a key, or no more is to be read.
func (k *keys) wait() error {
	fds := []unix.PollFd{{Fd: int32(k.in.Fd()), Events: unix.POLLIN}, {Fd: int32(k.asleep.Fd()), Events: unix.POLLIN}}
	for {
		_, err := unix.Poll(fds, -1)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return err
		case fds[1].Revents != 0:
			return io.EOF
		}
		return nil
	}
}
