package systemd

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// manager plays the service manager: it listens on a NOTIFY_SOCKET.
func manager(t *testing.T) *net.UnixConn {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return conn
}

func receive(t *testing.T, conn *net.UnixConn) string {
	t.Helper()
	buf := make([]byte, 4096)
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	n, err := conn.Read(buf)
	if err != nil {
		t.Fatalf("no message: %v", err)
	}
	return string(buf[:n])
}

// pending counts the messages that have arrived.
func pending(conn *net.UnixConn) int {
	buf := make([]byte, 4096)
	for n := 0; ; n++ {
		conn.SetReadDeadline(time.Now().Add(time.Millisecond))
		if _, err := conn.Read(buf); err != nil {
			return n
		}
	}
}

func TestMessages(t *testing.T) {
	conn := manager(t)
	for _, test := range []struct {
		send func() error
		want string
	}{
		{func() error { return Ready("tinyllama, context 2048") }, "READY=1\nSTATUS=tinyllama, context 2048"},
		{func() error { return Status("no model; run:\nllamad pull\r\nREADY=1") }, "STATUS=no model; run: llamad pull READY=1"},
		{func() error { return Stopping("finishing a prompt") }, "STOPPING=1\nSTATUS=finishing a prompt"},
	} {
		if err := test.send(); err != nil {
			t.Fatal(err)
		}
		if got := receive(t, conn); got != test.want {
			t.Errorf("message %q, expected %q", got, test.want)
		}
	}
}

func TestReloadingCarriesTheMonotonicClock(t *testing.T) {
	conn := manager(t)
	if err := Reloading(); err != nil {
		t.Fatal(err)
	}
	got := receive(t, conn)
	usec, is := strings.CutPrefix(got, "RELOADING=1\nMONOTONIC_USEC=")
	if n, err := strconv.ParseUint(usec, 10, 64); !is || err != nil || n == 0 {
		t.Errorf("message %q", got)
	}
}

func TestWithoutSystemd(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	t.Setenv("WATCHDOG_USEC", "")
	idle := func() (uint64, bool) { t.Error("looked for evidence without a watchdog"); return 0, false }
	for _, err := range []error{Ready("x"), Status("x"), Reloading(), Stopping("x"), Watch(t.Context(), idle)} {
		if err != nil {
			t.Error(err)
		}
	}
}

func TestSocketThatIsGone(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "/nonexistent/notify")
	if err := Ready("x"); err == nil || !strings.HasPrefix(err.Error(), "notify systemd: ") {
		t.Errorf("error %v", err)
	}
}

func TestAliveOnlyOnEvidence(t *testing.T) {
	var done uint64
	var busy bool
	w := watch{evidence: func() (uint64, bool) { return done, busy }}
	for i, look := range []struct {
		done  uint64
		busy  bool
		alive bool
	}{
		{0, false, true}, {0, false, true}, // idle
		{0, true, true},  // work came in
		{0, true, false}, // and nothing was done on it
		{1, true, true}, {2, true, true},
		{2, true, false}, {2, true, false}, // stuck
		{3, true, true},  // not for ever
		{3, false, true}, // finished
		{3, true, true},
		{3, true, false},
	} {
		done, busy = look.done, look.busy
		if got := w.alive(); got != look.alive {
			t.Errorf("look %d at %+v: alive %v", i, look, got)
		}
	}
}

func TestWatch(t *testing.T) {
	for _, test := range []struct {
		name     string
		evidence func(look int64) (uint64, bool)
		stuck    bool
	}{
		{"idle", func(int64) (uint64, bool) { return 0, false }, false},
		{"working", func(look int64) (uint64, bool) { return uint64(look), true }, false},
		{"stuck", func(int64) (uint64, bool) { return 7, true }, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn := manager(t)
			t.Setenv("WATCHDOG_USEC", "80000")
			t.Setenv("WATCHDOG_PID", strconv.Itoa(os.Getpid()))
			ctx, cancel := context.WithCancel(t.Context())
			var looks atomic.Int64
			err := Watch(ctx, func() (uint64, bool) {
				n := looks.Add(1)
				if n == 6 {
					cancel()
				}
				return test.evidence(n)
			})
			if err != nil {
				t.Fatal(err)
			}
			// The select may take the tick that came with the end.
			sent := pending(conn)
			if test.stuck && sent != 1 || !test.stuck && sent < 6 {
				t.Errorf("%d pings in %d looks", sent, looks.Load())
			}
		})
	}
}

// The house waits for the watchdog's limit, a little more, and the restart.
func TestWatchLooksOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit = time.Minute
		t.Setenv("WATCHDOG_USEC", strconv.FormatInt(limit.Microseconds(), 10))
		t.Setenv("WATCHDOG_PID", strconv.Itoa(os.Getpid()))
		t.Setenv("NOTIFY_SOCKET", "") // nobody hears it
		ctx, cancel := context.WithCancel(t.Context())
		last := time.Now()
		count := 0
		err := Watch(ctx, func() (uint64, bool) {
			if late := time.Since(last); late > 3*time.Second {
				t.Errorf("what hangs may be seen %v late", late)
			}
			if last, count = time.Now(), count+1; count == 10 {
				cancel()
			}
			return 0, false
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestWatchRefusesNonsense(t *testing.T) {
	t.Setenv("WATCHDOG_USEC", "soon")
	if err := Watch(t.Context(), nil); err == nil || !strings.HasPrefix(err.Error(), "watchdog: ") {
		t.Errorf("error %v", err)
	}
}
