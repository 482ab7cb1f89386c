package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// seat is the program at a pseudo-terminal, with the test in the place of the
// person: it types, and waits for what shows.
type seat struct {
	t    *testing.T
	cmd  *exec.Cmd
	desk *os.File // the person's end

	mu    sync.Mutex
	news  chan struct{} // closed and made anew when there is more, or no more
	shown string        // all of it
	ended bool
	seen  int // what of shown the test has waited for
}

// sit starts llamad at a terminal of 80 columns.
func sit(t *testing.T, environ []string, args ...string) *seat {
	t.Helper()
	desk, program := openTerminal(t)
	s := &seat{t: t, desk: desk, news: make(chan struct{})}
	s.resize(80)
	s.cmd = exec.Command(os.Args[0], append([]string{programName}, args...)...)
	s.cmd.Env = append([]string{"TERM=xterm", "HOME=" + t.TempDir()}, environ...)
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = program, program, program
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	program.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.watch()
	}()
	t.Cleanup(func() {
		s.cmd.Process.Kill()
		s.cmd.Wait()
		desk.Close()
		<-done
	})
	return s
}

func openTerminal(t *testing.T) (desk, program *os.File) {
	t.Helper()
	desk, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fd := int(desk.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetUint32(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return desk, program
}

// watch looks at the screen until the program has gone.
func (s *seat) watch() {
	buffer := make([]byte, 4096)
	for {
		n, err := s.desk.Read(buffer)
		s.mu.Lock()
		s.shown += string(buffer[:n])
		s.ended = err != nil
		close(s.news)
		s.news = make(chan struct{})
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// expect waits until text shows behind what was waited for before, and gives what
// shows in front of it.
func (s *seat) expect(text string) string {
	s.t.Helper()
	limit := time.After(2 * time.Minute)
	for {
		s.mu.Lock()
		news, ended := s.news, s.ended
		before, _, found := strings.Cut(s.shown[s.seen:], text)
		rest := s.shown[s.seen:]
		if found {
			s.seen += len(before) + len(text)
		}
		s.mu.Unlock()
		if found {
			return before
		}
		if ended {
			s.t.Fatalf("the program has ended, expected %q behind %q", text, rest)
		}
		select {
		case <-news:
		case <-limit:
			s.t.Fatalf("expected %q behind %q", text, rest)
		}
	}
}

func (s *seat) typeKeys(keys string) {
	s.t.Helper()
	if _, err := s.desk.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

func (s *seat) resize(columns uint16) {
	s.t.Helper()
	if err := unix.IoctlSetWinsize(int(s.desk.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns}); err != nil {
		s.t.Fatal(err)
	}
}

// leaves waits for the end of the program and gives its exit code.
func (s *seat) leaves() int {
	s.t.Helper()
	err := s.cmd.Wait()
	if _, is := err.(*exec.ExitError); err != nil && !is {
		s.t.Fatal(err)
	}
	return s.cmd.ProcessState.ExitCode()
}
