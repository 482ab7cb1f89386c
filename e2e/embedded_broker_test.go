package e2e

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A machine without a broker has the one inside the daemon, which comes and goes
// with it and is nobody else's to reach.
func TestEmbeddedBroker(t *testing.T) {
	port := freePort(t)
	dir := t.TempDir()
	config := filepath.Join(dir, "llamad.toml")
	text := fmt.Sprintf("[broker]\nenabled = true\nport = %d\n[mqtt]\nnode = \"test\"\n[model]\npath = %q\n", port, smolLM2(t))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d := serveWith(t, native, config, dir)
	url := fmt.Sprintf("mqtt://127.0.0.1:%d", port)
	var r result
	for end := time.Now().Add(native.slow); ; time.Sleep(50 * time.Millisecond) {
		r = native.run(t, "", "send", "--broker", url, "--node", "test", "--max-tokens", "4", "Hello")
		if r.code == 0 || time.Now().After(end) {
			break
		}
	}
	if r.code != 0 || strings.TrimSpace(r.stdout) == "" {
		t.Fatalf("exit %d, %q, %q", r.code, r.stdout, r.stderr)
	}
	if r = native.run(t, "", "send", "--config", config, "--max-tokens", "4", "Hello"); r.code != 0 {
		t.Errorf("with the daemon's file: exit %d, %q", r.code, r.stderr)
	}
	for _, address := range addressesOf(t) {
		if c, err := net.DialTimeout("tcp", net.JoinHostPort(address, fmt.Sprint(port)), time.Second); err == nil {
			c.Close()
			t.Errorf("the broker listens on %s", address)
		}
	}
	if r = native.run(t, "", "serve", "--config", config); r.code != 1 || !strings.Contains(r.stderr, "another broker may run there") {
		t.Errorf("a second one: exit %d, %q", r.code, r.stderr)
	}
	if code := d.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit %d after SIGTERM", code)
	}
	if c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
		c.Close()
		t.Error("the broker outlives the daemon")
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// addressesOf are this machine's addresses on the network.
func addressesOf(t *testing.T) (list []string) {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			list = append(list, n.IP.String())
		}
	}
	return list
}
