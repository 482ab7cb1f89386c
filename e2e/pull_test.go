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

// siege is a pull that is killed over and over, from a hub that is not always well.
type siege struct {
	t          *testing.T
	home       string
	cache, dir string
	content    []byte // what the hub has now
	before     []byte // what it had before that, and has again
	changed    bool   // since bytes were asked for

	wrong, whole, fetched int // files, files, pulls
	most                  int // bytes that were fetched again
}

const (
	pulledRepo = "someone/Small-GGUF"
	pulledFile = "small.Q8_0.gguf"
)

// ills are what befalls the first request for bytes of a pull.
var ills = map[string]func(w http.ResponseWriter, size int) http.ResponseWriter{
	"truncation": func(w http.ResponseWriter, size int) http.ResponseWriter {
		return hubtest.Cut(w, rand.IntN(size))
	},
	"429": func(w http.ResponseWriter, _ int) http.ResponseWriter {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return nil
	},
	"503": func(w http.ResponseWriter, _ int) http.ResponseWriter {
		w.WriteHeader(http.StatusServiceUnavailable)
		return nil
	},
}

// replace makes the hub have another file of the same name and length.
func (s *siege) replace() {
	s.content, s.before, s.changed = s.before, s.content, true
}

// pull runs one and kills it when so many bytes of the file went by; what is beyond
// its end is time, a microsecond for a hundred bytes. Less than 0 lets it be. Each has
// a hub of its own, so that what a dead one still asks for is not taken for the next's.
func (s *siege) pull(to []string, point int, ill string) (done bool) {
	before, _ := s.look()
	size := len(s.content)
	hub := hubtest.Start(s.t)
	hub.Put(pulledRepo, pulledFile, s.content)
	cmd := exec.Command(build("llamad"), append([]string{"pull", pulledRepo, pulledFile}, to...)...)
	cmd.Env = []string{"HOME=" + s.home, "HF_HUB_CACHE=" + s.cache, "HF_ENDPOINT=" + hub.URL}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	var started atomic.Int64 // where the first request for bytes began
	started.Store(-1)
	running := make(chan struct{})
	kill := sync.OnceFunc(func() {
		<-running
		_ = cmd.Process.Kill()
	})
	hub.Fault(func(w http.ResponseWriter, r hubtest.Request) http.ResponseWriter {
		if !r.Bytes {
			return w
		}
		at := 0
		_, _ = fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &at)
		if point >= 0 {
			w = &countdown{ResponseWriter: w, at: at, point: point, size: size, kill: kill}
		}
		if strike := ills[ill]; started.CompareAndSwap(-1, int64(at)) && strike != nil {
			return strike(w, size)
		}
		return w
	})
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	close(running)
	if point >= 0 && point < size/100 {
		kill() // before or while it asks
	}
	err := cmd.Wait()
	if err != nil && !strings.Contains(err.Error(), "killed") {
		s.t.Fatalf("%v: %s", err, out.String())
	}
	if at := int(started.Load()); at >= 0 {
		s.fetched++
		if !s.changed { // else what was there is of another file
			s.most = max(s.most, before-at)
		}
		s.changed = false
	}
	return err == nil
}

// look checks all that is there, and says how much of the hub's file that is not.
func (s *siege) look() (partial int, there bool) {
	_ = filepath.WalkDir(s.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		name, blob := d.Name(), filepath.Base(filepath.Dir(path)) == "blobs"
		switch {
		case strings.HasSuffix(name, ".incomplete"):
			if info, err := d.Info(); err == nil && (!blob || strings.HasPrefix(name, hubtest.SHA256(s.content))) {
				partial = int(info.Size())
			}
		case strings.HasSuffix(name, ".gguf") && name[0] != '.', blob && !strings.Contains(name, ".incomplete"):
			got, err := os.ReadFile(path)
			if there = true; err != nil || !bytes.Equal(got, s.content) && !bytes.Equal(got, s.before) || blob && name != hubtest.SHA256(got) {
				s.wrong++
				s.t.Errorf("%s: %d bytes, %v: not the file", path, len(got), err)
			}
		}
		return nil
	})
	return partial, there
}

// The program, killed over and over at random points of a pull: what has a name is
// whole, and what was fetched is not fetched again but for the last few megabytes.
func TestSlowKillsOfAPull(t *testing.T) {
	kills := 20
	if os.Getenv("LLAMAD_TEST_SLOW") != "" {
		kills = 200
	}
	s := &siege{t: t, home: t.TempDir(), content: pulledModel(t)}
	s.cache, s.dir = filepath.Join(s.home, "cache"), filepath.Join(s.home, "models")
	s.before = bytes.Clone(s.content)
	for i := 1 << 20; i < len(s.before); i += 1 << 20 { // a piece of one and a piece of the other are neither
		s.before[i] ^= 1
	}

	begin := time.Now()
	struck := map[string]int{}
	to := func(i int) []string { return [][]string{{"--system=false"}, {"--to", s.dir}}[i/10%2] }
	for i := range kills {
		if i%10 == 0 {
			s.whole += wipe(t, s.cache, s.dir)
		}
		ill := []string{"truncation", "429", "503", "replacement"}[(i/5+i/20)%4]
		if i%5 != 2 {
			ill = "" // well, mostly
		}
		if struck[ill]++; ill == "replacement" {
			s.replace()
		}
		done := s.pull(to(i), rand.IntN(len(s.content)*5/4), ill)
		if _, there := s.look(); there || done {
			s.whole += wipe(t, s.cache, s.dir)
		}
	}
	done := s.pull(to(kills-1), -1, "")
	if _, there := s.look(); !done || !there {
		t.Error("the last one, which nobody killed, is not there")
	}
	if s.wrong > 0 || s.most > rereadable {
		t.Errorf("%d wrong files, at most %d bytes fetched again; expected none, and %d", s.wrong, s.most, rereadable)
	}
	if s.fetched < kills/2 {
		t.Errorf("%d of %d were killed while bytes came: this proves little", s.fetched, kills)
	}
	t.Logf("%d kills in %v: %d wrong files, %d whole ones, at most %.1f MB fetched again; the hub was struck by %v",
		kills, time.Since(begin).Round(time.Second), s.wrong, s.whole, float64(s.most)/1e6, struck)
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

func (c *countdown) Unwrap() http.ResponseWriter { return c.ResponseWriter }

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
