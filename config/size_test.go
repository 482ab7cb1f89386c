package config

import "testing"

func TestParseSize(t *testing.T) {
	for text, want := range map[string]Size{
		"0": 0, "1": 1, "512MB": 512e6, "512 MiB": 512 << 20, "64KiB": 65536, "64kib": 65536, "1.5GB": 1.5e9, "10B": 10, "2gb": 2e9, "7kB": 7000, "7KB": 7000,
	} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("ParseSize(%q) = %d, %v; expected %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "B", "MB", "-1", "+1", "1e3", "0x10", "inf", "nan", "12 bananas", "1.2.3", "99999999999999999999", "9999999999GiB", "1TB"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("ParseSize(%q) = %d, expected an error", text, got)
		}
	}
}

func TestSizeString(t *testing.T) {
	for size, want := range map[Size]string{0: "0B", 1: "1B", 65536: "64KiB", 512e6: "512MB", 1 << 30: "1GiB", 1e9: "1GB", 1025: "1025B"} {
		if got := size.String(); got != want {
			t.Errorf("Size(%d) = %q, expected %q", size, got, want)
		}
		if back, err := ParseSize(want); err != nil || back != size {
			t.Errorf("ParseSize(%q) = %d, %v; expected %d", want, back, err, size)
		}
	}
}

func TestBudget(t *testing.T) {
	for text, want := range map[string]int64{"75%": 750 << 20, "100%": 1000 << 20, "12.5 %": 125 << 20, "512MB": 512e6, "2GiB": 2 << 30} {
		b, err := ParseBudget(text)
		if err != nil || b.Of(1000<<20) != want {
			t.Errorf("ParseBudget(%q).Of(1000 MiB) = %d, %v; expected %d", text, b.Of(1000<<20), err, want)
		}
	}
	for _, text := range []string{"", "%", "0%", "101%", "-5%", "1e9%", "nan%", "15MiB", "0", "half"} {
		if b, err := ParseBudget(text); err == nil {
			t.Errorf("ParseBudget(%q) = %v, expected an error", text, b)
		}
	}
	if s := (Budget{Percent: 75}).String() + (Budget{Bytes: 512e6}).String(); s != "75%512MB" {
		t.Errorf("String: %q", s)
	}
}
