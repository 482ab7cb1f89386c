package e2e

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"llamad/hub/hubtest"
	"llamad/runtime/shape"
)

// rereadable is how much a pull that was killed may fetch again, in bytes.
const rereadable = 8 << 20

// pulledModel is a model of some 20 MB, so that a download has several moments at
// which it notes how far it is.
func pulledModel(t *testing.T) []byte {
	t.Helper()
	s := shape.Shape{Name: "small", Architecture: "llama", Layers: 5, Dim: 512, Hidden: 2048, Heads: 8, KVHeads: 8, Vocab: 259, Context: 64, Eps: 1e-5, RopeBase: 1e4, Tied: true}
	f, err := s.Format("Q8_0")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := s.Write(&out, f); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// The program, killed over and over at random points of a pull: what has a name is
// whole, and what was fetched is not fetched again but for the last few megabytes.
func TestSlowKillsOfAPull(t *testing.T) {
	kills := 20
	if os.Getenv("LLAMAD_TEST_SLOW") != "" {
		kills = 200
	}
	const repo, file = "someone/Small-GGUF", "small.Q8_0.gguf"
	content := pulledModel(t)
	hub := hubtest.Start(t)
	hub.Put(repo, file, content)
	home := t.TempDir()
	cache, dir := filepath.Join(home, "cache"), filepath.Join(home, "models")

	// pull runs one and kills it when so many bytes of the file went by; what is
	// beyond its end is time, a microsecond for a hundred bytes. Less than 0 lets it be.
	pull := func(args []string, point int) (start int, done bool) {
		cmd := exec.Command(build("llamad"), append([]string{"pull", repo, file}, args...)...)
		cmd.Env = []string{"HOME=" + home, "HF_HUB_CACHE=" + cache, "HF_ENDPOINT=" + hub.URL}
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		var started atomic.Int64 // where the request for bytes began
		started.Store(-1)
		var once sync.Once
		kill := func() { once.Do(func() { _ = cmd.Process.Kill() }) }
		hub.Fault(func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
			if !r.Bytes {
				return w
			}
			at := 0
			_, _ = fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &at)
			started.Store(int64(at))
			if point < 0 {
				return w
			}
			return &countdown{ResponseWriter: w, at: at, point: point, size: len(content), kill: kill}
		})
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if point >= 0 && point < len(content)/100 {
			kill() // before or while it asks
		}
		err := cmd.Wait()
		if err != nil && !strings.Contains(err.Error(), "killed") {
			t.Fatalf("%v: %s", err, out.String())
		}
		return int(started.Load()), err == nil
	}

	wrong, most, whole, fetched := 0, 0, 0, 0
	// look checks all that is there, and says how much of a file that is not.
	look := func() (partial int, there bool) {
		_ = filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil
			}
			switch name := d.Name(); {
			case strings.HasSuffix(name, ".incomplete"):
				if info, err := d.Info(); err == nil {
					partial = int(info.Size())
				}
			case strings.HasSuffix(name, ".gguf") && name[0] != '.', filepath.Base(filepath.Dir(path)) == "blobs" && !strings.Contains(name, ".incomplete"):
				got, err := os.ReadFile(path)
				if there = true; err != nil || !bytes.Equal(got, content) {
					wrong++
					t.Errorf("%s: %d bytes, %v: not the file", path, len(got), err)
				}
			}
			return nil
		})
		return partial, there
	}
	begin := time.Now()
	for i := range kills {
		to := [][]string{{"--system=false"}, {"--to", dir}}[i/10%2]
		if i%10 == 0 {
			whole += wipe(t, cache, dir)
		}
		before, _ := look()
		started, done := pull(to, rand.IntN(len(content)*5/4))
		if started >= 0 {
			most = max(most, before-started)
			fetched++
		}
		if _, there := look(); there || done {
			whole += wipe(t, cache, dir)
		}
	}
	before, _ := look()
	started, done := pull([][]string{{"--system=false"}, {"--to", dir}}[(kills-1)/10%2], -1)
	if _, there := look(); !done || !there {
		t.Error("the last one, which nobody killed, is not there")
	}
	if started >= 0 { // else all of it was there, and only its name was missing
		most = max(most, before-started)
	}
	if wrong > 0 || most > rereadable {
		t.Errorf("%d wrong files, at most %d bytes fetched again; expected none, and %d", wrong, most, rereadable)
	}
	if fetched < kills/2 {
		t.Errorf("%d of %d were killed while bytes came: this proves little", fetched, kills)
	}
	t.Logf("%d kills in %v: %d wrong files, %d whole ones, at most %.1f MB fetched again", kills, time.Since(begin).Round(time.Second), wrong, whole, float64(most)/1e6)
}

// wipe removes what was pulled, and says whether it was whole.
func wipe(t *testing.T, cache, dir string) (whole int) {
	t.Helper()
	for _, path := range []string{cache, dir} {
		models, _ := filepath.Glob(filepath.Join(path, "*.gguf"))
		links, _ := filepath.Glob(filepath.Join(path, "models--*", "snapshots", "*", "*.gguf"))
		whole += len(models) + len(links)
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
	return whole
}

// countdown kills at a point of a file.
type countdown struct {
	http.ResponseWriter
	at, point, size int
	kill            func()
}

func (c *countdown) Write(b []byte) (int, error) {
	if c.at+len(b) >= c.point {
		_, _ = c.ResponseWriter.Write(b[:max(c.point-c.at, 0)])
		_ = http.NewResponseController(c.ResponseWriter).Flush()
		c.kill()
		return 0, http.ErrAbortHandler
	}
	n, err := c.ResponseWriter.Write(b)
	if c.at += n; c.at == c.size {
		time.AfterFunc(time.Duration(c.point-c.size)/100*time.Microsecond, c.kill)
	}
	return n, err
}
