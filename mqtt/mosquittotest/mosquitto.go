// Package mosquittotest runs a real mosquitto for tests, on a free port of
// 127.0.0.1 and with a directory of its own. A machine without mosquitto fails
// the test.
package mosquittotest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Broker is a mosquitto. It is stopped when the test ends.
type Broker struct {
	t      testing.TB
	dir    string
	port   int
	binary string
	cmd    *exec.Cmd
	exited chan struct{}
	log    *Log
}

// Start runs a mosquitto. Lines are added to its configuration, which listens on
// one port, lets anybody in, and keeps its state over a restart.
func Start(t testing.TB, lines ...string) *Broker {
	t.Helper()
	b := &Broker{t: t, dir: t.TempDir(), binary: binary(t), log: &Log{}}
	for try := 0; ; try++ {
		b.port = freePort(t)
		config := fmt.Sprintf("listener %d 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location %s/\nuser root\n%s\n",
			b.port, b.dir, strings.Join(lines, "\n"))
		if err := os.WriteFile(b.config(), []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		err := b.run()
		if err == nil {
			break
		}
		if try == 5 || !strings.Contains(b.log.String(), "in use") { // by another test, since it was free
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		b.Stop(syscall.SIGKILL)
		if t.Failed() {
			t.Logf("mosquitto said:\n%s", b.log)
		}
	})
	return b
}

func (b *Broker) config() string { return filepath.Join(b.dir, "mosquitto.conf") }

// Dir is a directory for files that the configuration names.
func (b *Broker) Dir() string { return b.dir }

// Addr is "127.0.0.1:port".
func (b *Broker) Addr() string { return fmt.Sprintf("127.0.0.1:%d", b.port) }

// URL is where a client finds it.
func (b *Broker) URL() string { return "mqtt://" + b.Addr() }

// Restart starts the broker after Stop, on the same port and with the same state.
func (b *Broker) Restart() {
	b.t.Helper()
	if err := b.run(); err != nil {
		b.t.Fatal(err)
	}
}

// run starts the broker and waits until it says that it runs. That somebody listens
// on its port proves nothing.
func (b *Broker) run() error {
	const runs = " running\n"
	before := strings.Count(b.log.String(), runs)
	b.cmd = exec.Command(b.binary, "-c", b.config())
	b.cmd.Stdout, b.cmd.Stderr = b.log, b.log
	if err := b.cmd.Start(); err != nil {
		return err
	}
	b.exited = make(chan struct{})
	go func(cmd *exec.Cmd, exited chan struct{}) {
		cmd.Wait()
		close(exited)
	}(b.cmd, b.exited)
	for end := time.Now().Add(patience); strings.Count(b.log.String(), runs) == before; {
		select {
		case <-b.exited:
			return fmt.Errorf("mosquitto ended at its start:\n%s", b.log)
		case <-time.After(2 * time.Millisecond):
		}
		if time.Now().After(end) {
			return fmt.Errorf("mosquitto does not run after %v:\n%s", patience, b.log)
		}
	}
	return nil
}

// Stop ends the broker: with SIGTERM it writes its state down, with SIGKILL it
// does not.
func (b *Broker) Stop(signal syscall.Signal) {
	b.cmd.Process.Signal(signal)
	<-b.exited
}

func binary(t testing.TB) string {
	t.Helper()
	for _, path := range []string{"mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"} {
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
	}
	t.Fatal("this test needs a real broker: apt-get install mosquitto")
	return ""
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
