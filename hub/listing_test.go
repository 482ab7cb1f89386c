package hub

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestPullByQuantization(t *testing.T) {
	v := newVisit(t, random(1000, 1))
	for i, name := range []string{"tiny.Q4_K_M.gguf", "tiny.Q4_K_S.gguf", "tiny-q8_0.gguf", "tiny_Q5_1.gguf", "big.F16-00001-of-00002.gguf", "mmproj.bin"} {
		v.hub.Put(testRepo, name, random(1000, uint64(i)+2))
	}
	for tag, want := range map[string]string{
		"Q4_0": testFile, "q4_k_m": "tiny.Q4_K_M.gguf", "Q8_0": "tiny-q8_0.gguf", "Q5_1": "tiny_Q5_1.gguf",
		"Q4_K": "", "Q5_0": "", "F16": "",
	} {
		v.words = Words{What: testRepo + ":" + tag}
		r, err := v.pull()
		switch {
		case want != "" && (err != nil || filepath.Base(r.Path) != want || r.Licence != "apache-2.0"):
			t.Errorf("%s: %+v, %v; expected %s", tag, r, err, want)
		case want == "" && (err == nil || !strings.Contains(hintOf(err), "tiny.Q4_K_M.gguf")):
			t.Errorf("%s: %+v, %v; expected a list of what there is: %s", tag, r, err, hintOf(err))
		}
	}
	v.words = Words{What: testRepo}
	if _, err := v.pull(); err == nil || !strings.Contains(err.Error(), "5 such files") {
		t.Errorf("no file and no quantization: %v", err)
	}
	v.env["HF_HUB_OFFLINE"] = "yes"
	v.words = Words{What: testRepo + ":q4_k_m"}
	if r, err := v.pull(); err != nil || filepath.Base(r.Path) != "tiny.Q4_K_M.gguf" {
		t.Errorf("offline: %+v, %v", r, err)
	}
}
