package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes, written "512MB" (512,000,000) or "512MiB".
type Size int64

var units = []struct {
	name  string
	bytes Size
}{
	// Longer names first: "MB" ends in "B".
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30},
	{"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9},
	{"B", 1},
}

// String uses the largest unit that divides s.
func (s Size) String() string {
	best := units[len(units)-1]
	for _, u := range units {
		if s != 0 && s%u.bytes == 0 && u.bytes > best.bytes {
			best = u
		}
	}
	return fmt.Sprintf("%d%s", s/best.bytes, best.name)
}

// ParseSize reads a decimal number and a unit of B, kB, MB, GB, KiB, MiB or
// GiB, in either case; a bare number counts bytes.
func ParseSize(s string) (Size, error) {
	number, unit := strings.TrimSpace(s), Size(1)
	for _, u := range units {
		if n := len(number) - len(u.name); n >= 0 && strings.EqualFold(number[n:], u.name) {
			number, unit = strings.TrimSpace(number[:n]), u.bytes
			break
		}
	}
	x, ok := decimal(number)
	// 2^53 bytes is where float64 stops being exact, far beyond any board.
	if bytes := x * float64(unit); ok && bytes <= 1<<53 {
		return Size(math.Round(bytes)), nil
	}
	return 0, fmt.Errorf(`%q is not a size: expected one such as "512MB" or "64KiB"`, s)
}

func sizeOf(v any) (Size, bool) {
	switch v := v.(type) {
	case int64:
		return Size(v), v >= 0
	case string:
		n, err := ParseSize(v)
		return n, err == nil
	}
	return 0, false
}

// Budget is an amount of memory: bytes, or a share of what is available.
type Budget struct {
	Bytes   Size    // 0 when it is a share
	Percent float64 // of the memory that is available; 0 when it is in bytes
}

// String is how it would stand in the file.
func (b Budget) String() string {
	if b.Percent > 0 {
		return strconv.FormatFloat(b.Percent, 'f', -1, 64) + "%"
	}
	return b.Bytes.String()
}

// Of is the budget in bytes on a machine with that many bytes available.
func (b Budget) Of(available int64) int64 {
	if b.Percent > 0 {
		return int64(float64(available) * b.Percent / 100)
	}
	return int64(b.Bytes)
}

const minBudget = 16 << 20 // no model fits less

// ParseBudget reads "75%" or a size of at least 16 MiB.
func ParseBudget(s string) (Budget, error) {
	if share, is := strings.CutSuffix(strings.TrimSpace(s), "%"); is {
		if p, ok := decimal(strings.TrimSpace(share)); ok && p > 0 && p <= 100 {
			return Budget{Percent: p}, nil
		}
	} else if n, err := ParseSize(s); err == nil && n >= minBudget {
		return Budget{Bytes: n}, nil
	}
	return Budget{}, fmt.Errorf("%q is not a budget: expected %s", s, budgetExpected)
}

const budgetExpected = `a share such as "75%" or a size such as "512MB", at least 16MiB`

func budgetOf(v any) (Budget, bool) {
	switch v := v.(type) {
	case int64:
		return Budget{Bytes: Size(v)}, v >= minBudget
	case string:
		b, err := ParseBudget(v)
		return b, err == nil
	}
	return Budget{}, false
}

// decimal reads digits with an optional fraction; no sign, exponent or name
// such as "inf", which strconv would take.
func decimal(s string) (float64, bool) {
	if s == "" || strings.Trim(s, "0123456789.") != "" || len(s) > 20 {
		return 0, false
	}
	x, err := strconv.ParseFloat(s, 64)
	return x, err == nil
}
