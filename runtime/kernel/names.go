package kernel

import (
	"reflect"
	"runtime"
	"strings"

	"llamad/runtime/quant"
)

// Kernels names the functions that multiply matrices of one format.
type Kernels struct {
	Gemv string // of one row: "GemvDotQ8_0"
	Gemm string // of a batch: "GemmDot32"
}

// Kernels are those that s has for a format, "portable" where it takes
// Portable's.
func (s *Set) Kernels(f *quant.Format) Kernels {
	k := s.names[f.Type]
	if k.Gemv == "" {
		k.Gemv = Portable.Name
	}
	if k.Gemm == "" {
		k.Gemm = Portable.Name
	}
	return k
}

// namesOf reads the names of two functions of an assembly package, which may be
// nil, out of the program.
func namesOf(gemv, gemm any) Kernels { return Kernels{symbol(gemv), symbol(gemm)} }

func symbol(function any) string {
	at := reflect.ValueOf(function).Pointer()
	if at == 0 {
		return ""
	}
	name := runtime.FuncForPC(at).Name() // "llamad/arm64.GemmDot32"
	return name[strings.LastIndexByte(name, '.')+1:]
}
