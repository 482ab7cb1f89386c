//go:build oci

package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"llamad/mqtt/mosquittotest"
)

// container is an image unpacked, and how it is run: by bubblewrap, which needs
// neither an engine nor cgroups, with the rights that compose.yaml gives it.
type container struct {
	root   string
	config struct{ Entrypoint, Cmd, Env []string }
	mounts []string // options of bwrap
	before []string // an emulator and its options, as seen inside
	slow   time.Duration
}

// contents are the files of a tar by name; directories are nil.
func contents(t *testing.T, r io.Reader) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for in := tar.NewReader(r); ; {
		h, err := in.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		files[h.Name] = nil
		if h.Typeflag == tar.TypeReg {
			if files[h.Name], err = io.ReadAll(in); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// unpack does what docker load does with an archive.
func unpack(t *testing.T, architecture string) *container {
	t.Helper()
	archives, err := filepath.Glob(build("llamad_*_" + architecture + "_oci.tar"))
	if err != nil || len(archives) != 1 {
		t.Fatalf("archives %v (%v): run make test-oci", archives, err)
	}
	archive, err := os.Open(archives[0])
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	blobs := contents(t, archive)
	var images []struct {
		Config string
		Layers []string
	}
	if err := json.Unmarshal(blobs["manifest.json"], &images); err != nil || len(images) != 1 {
		t.Fatalf("manifest.json: %v in %s", err, blobs["manifest.json"])
	}
	c := &container{root: t.TempDir(), slow: native.slow}
	image := struct{ Config any }{&c.config}
	if err := json.Unmarshal(blobs[images[0].Config], &image); err != nil {
		t.Fatal(err)
	}
	for _, l := range images[0].Layers {
		layer, err := gzip.NewReader(bytes.NewReader(blobs[l]))
		if err != nil {
			t.Fatal(err)
		}
		for name, content := range contents(t, layer) {
			path := filepath.Join(c.root, name)
			err := os.MkdirAll(filepath.Dir(path), 0o755)
			if content != nil {
				err = os.WriteFile(path, content, 0o755)
			} else if err == nil {
				err = os.MkdirAll(path, 0o755)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return c
}

// mount puts a file or directory of this machine into the container.
func (c *container) mount(how, from, to string) { c.mounts = append(c.mounts, how, from, to) }

// command runs the entry point with args, or with the image's own when there are
// none, and the variables of environ beside the image's.
func (c *container) command(ctx context.Context, environ []string, args ...string) *exec.Cmd {
	argv := []string{"--unshare-all", "--share-net", "--as-pid-1", "--die-with-parent", "--new-session",
		"--uid", "65532", "--gid", "65532", "--cap-drop", "ALL", "--bind", c.root, "/", "--proc", "/proc", "--dev", "/dev"}
	argv = append(argv, c.mounts...)
	argv = append(argv, "--remount-ro", "/", "--clearenv")
	for _, e := range append(c.config.Env, environ...) {
		name, value, _ := strings.Cut(e, "=")
		argv = append(argv, "--setenv", name, value)
	}
	if len(args) == 0 {
		args = c.config.Cmd
	}
	argv = append(append(append(argv, c.before...), c.config.Entrypoint...), args...)
	return exec.CommandContext(ctx, "bwrap", argv...)
}

// Each image answers a prompt over MQTT with nothing but what is in it, the
// settings of compose.yaml, and the broker of mosquitto.conf.
func TestOCIImagesAnswer(t *testing.T) {
	emulator, err := exec.LookPath("qemu-aarch64-static")
	if err != nil {
		t.Fatal(err)
	}
	for _, architecture := range []string{"amd64", "arm64"} {
		t.Run(architecture, func(t *testing.T) {
			c := unpack(t, architecture)
			if architecture == "arm64" {
				c.mount("--ro-bind", emulator, "/emulator")
				c.before = []string{"/emulator", "-cpu", "cortex-a76"}
				c.slow = binaries[1].slow
			}
			ctx, cancel := context.WithTimeout(context.Background(), c.slow)
			defer cancel()

			broker, password := composeBroker(t)
			c.mount("--ro-bind", password, "/run/secrets/mqtt-password")
			c.mount("--ro-bind", filepath.Dir(smolLM2(t)), "/models")
			c.mount("--bind", t.TempDir(), "/state")
			environ := append(readCompose(t).environ, "LLAMAD_MQTT_BROKER="+broker.URL(), "LLAMAD_MQTT_NODE=test", "LLAMAD_MODEL_NAME=SmolLM2-135M-Instruct.Q4_1")

			var log bytes.Buffer
			serve := c.command(ctx, environ)
			serve.Stderr = &log
			if err := serve.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() {
				cancel()
				_ = serve.Wait()
				if t.Failed() {
					t.Logf("llamad said:\n%s", log.String())
				}
			}()
			dialAs(t, broker, "llamad", brokerPassword).waitOnline(c.slow)
			send := c.command(ctx, environ, "send", "--max-tokens", "2", "--temperature", "0", "Say hello.")
			var stderr bytes.Buffer
			send.Stderr = &stderr
			if answer, err := send.Output(); err != nil || strings.TrimSpace(string(answer)) == "" {
				t.Errorf("the answer is %q (%v): %s", answer, err, stderr.String())
			}
		})
	}
}

const brokerPassword = "secret"

// composeBroker is a mosquitto that runs on mosquitto.conf, but for its port and its
// paths, and the file with llamad's password.
func composeBroker(t *testing.T) (broker *mosquittotest.Broker, password string) {
	t.Helper()
	conf, err := os.ReadFile(containers + "mosquitto/mosquitto.conf")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	password, passwords := filepath.Join(dir, "mqtt-password"), filepath.Join(dir, "passwords")
	if err := os.WriteFile(password, []byte(brokerPassword+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mosquitto_passwd", "-b", "-c", passwords, "llamad", brokerPassword).CombinedOutput(); err != nil {
		t.Fatalf("mosquitto_passwd: %v %s", err, out)
	}
	var lines []string
	for line := range strings.Lines(string(conf)) {
		key, _, _ := strings.Cut(line, " ")
		if key != "listener" && !strings.HasPrefix(key, "persistence") {
			lines = append(lines, strings.ReplaceAll(strings.TrimSpace(line), "/mosquitto/config/passwords", passwords))
		}
	}
	return mosquittotest.Start(t, lines...), password
}
