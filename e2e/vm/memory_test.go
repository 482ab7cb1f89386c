//go:build vm

package vm

import (
	"os"
	"path/filepath"
	"testing"

	"llamad/runtime/shape"
)

// A board with 512 MB runs a model that fits. One that does not is refused with
// numbers, and nothing else stops.
func TestSmallBoard(t *testing.T) {
	s := service{boot(t, options{memoryMB: 512, cargo: map[string]string{
		"llamad": deb(t),
		"model":  smolLM2(t),
		"large":  tinyLlama(t),
	}})}
	small, large := models+"/SmolLM2-135M-Instruct.Q4_1.gguf", models+"/tinyllama-1.1b.Q4_0.gguf"

	s.steps(
		step{"SmolLM2 fits", func() {
			s.unload("model", "/root/model.gguf")
			s.install("llamad")
			s.sh("mv /root/model.gguf %s", small)
			s.t.Log(s.awaitStatus("ready: SmolLM2"))
			s.t.Log(s.sh("free -m; grep -E '^(VmHWM|Rss)' /proc/%s/status", s.property("MainPID")))
			s.answers()
			s.t.Log(s.sh("mosquitto_sub -t %shealth -C 1 -W 60", topic))
		}},

		step{"TinyLlama does not", func() {
			pid := s.property("MainPID")
			s.unload("large", "/root/large.gguf")
			s.sh("rm %s && mv /root/large.gguf %s", small, large)
			s.t.Log(s.awaitStatus("the model does not fit the memory budget"))
			a := s.send("")
			if a.Error.Code != "memory_budget" {
				s.t.Errorf("answered with %+v, expected memory_budget", a)
			}
			if i := s.info(); i.Status != "memory_budget" {
				s.t.Errorf("info says %+v", i)
			}
			if now := s.property("MainPID"); now != pid {
				s.t.Errorf("process %s became %s", pid, now)
			}
			s.t.Log(s.journal("-2 min"))
		}},

		step{"SmolLM2 is back", func() {
			s.sh("rm %s", large)
			s.unload("model", small)
			s.awaitStatus("ready: SmolLM2")
			s.answers()
		}},
	)
}

// tinyLlama is a file of TinyLlama's shape, all of whose weights behind the first
// MiB are a hole.
func tinyLlama(t *testing.T) string {
	t.Helper()
	s, err := shape.Lookup("tinyllama-1.1b")
	if err != nil {
		t.Fatal(err)
	}
	format, err := s.Format("Q4_0")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "tinyllama.gguf")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := s.Write(&hollow{f: f}, format); err != nil {
		t.Fatal(err)
	}
	return path
}

// hollow writes the first MiB of what is written to it and only the length of the
// rest.
type hollow struct {
	f    *os.File
	size int64
}

func (h *hollow) Write(p []byte) (int, error) {
	at := h.size
	h.size += int64(len(p))
	if at > 1<<20 {
		return len(p), h.f.Truncate(h.size)
	}
	return h.f.Write(p)
}
