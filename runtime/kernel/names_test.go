package kernel

import (
	"strings"
	"testing"

	"llamad/runtime/quant"
)

func TestKernelNames(t *testing.T) {
	for _, s := range All() {
		for _, f := range quant.Formats() {
			k := s.Kernels(f)
			if s == &Portable {
				if k != (Kernels{"portable", "portable"}) {
					t.Errorf("%s: %s runs with %+v", s.Name, f.Name, k)
				}
				continue
			}
			if k.Gemv != "portable" && !(strings.HasPrefix(k.Gemv, "Gemv") && strings.HasSuffix(plain(k.Gemv), plain(f.Name))) {
				t.Errorf("%s: a row of %s is multiplied by %q", s.Name, f.Name, k.Gemv)
			}
			if !strings.HasPrefix(k.Gemm, "Gemm") {
				t.Errorf("%s: a batch of %s is multiplied by %q", s.Name, f.Name, k.Gemm)
			}
		}
	}
}

func plain(name string) string { return strings.ReplaceAll(name, "_", "") }
