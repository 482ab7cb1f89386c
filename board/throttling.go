package board

import (
	"io/fs"
	"strconv"
	"strings"
)

// Throttling is what holds a Raspberry Pi back or did, a bit each: the firmware's
// get_throttled.
type Throttling uint32

// What holds the processor back. Since says which of them did.
const (
	UnderVoltage Throttling = 1 << iota // the supply gives less than 4.63 V
	Capped                              // the clock is held below what was asked for
	Throttled                           // the clock is turned down
	SoftLimit                           // the soft limit of the temperature is reached
)

const (
	anything   = UnderVoltage | Capped | Throttled | SoftLimit
	sinceStart = 16 // bits from here on say what once was

	// AllThrottling is everything the firmware can tell.
	AllThrottling = anything | anything<<sinceStart
)

// Now is what holds the board back now.
func (t Throttling) Now() Throttling { return t & anything }

// Since is what did since it started.
func (t Throttling) Since() Throttling { return t >> sinceStart & anything }

// ParseThrottling reads what vcgencmd get_throttled prints ("throttled=0x50005"),
// or the kernel's file of that name ("50005").
func ParseThrottling(text string) (Throttling, bool) {
	text = strings.TrimPrefix(strings.TrimSpace(text), "throttled=")
	bits, err := strconv.ParseUint(strings.TrimPrefix(text, "0x"), 16, 32)
	return Throttling(bits), err == nil
}

// Throttling asks the kernel. known has the bits that it can tell: all of them
// where it has a file for them, which went in early 2025 (raspberrypi/linux#6697);
// later only that the voltage is too low now; and nothing on other machines.
func (b Board) Throttling() (t, known Throttling) {
	files, _ := fs.Glob(b.root, "sys/devices/platform/soc*/*firmware/get_throttled") // the Pi 5 has another soc
	for _, file := range files {
		text, _ := b.text(file)
		if t, ok := ParseThrottling(text); ok {
			return t, AllThrottling
		}
	}
	sensors, _ := fs.Glob(b.root, "sys/class/hwmon/hwmon*")
	for _, sensor := range sensors {
		if name, _ := b.text(sensor + "/name"); name != "rpi_volt" {
			continue
		}
		if alarm, ok := b.number(sensor + "/in0_lcrit_alarm"); ok {
			if alarm != 0 {
				t = UnderVoltage
			}
			return t, UnderVoltage
		}
	}
	return 0, 0
}

// HeldBack says whether heat or a weak power supply slows the board down now, nil
// where it cannot tell. Where the kernel tells nothing of heat, the temperature
// does.
func (b Board) HeldBack() *bool {
	t, known := b.Throttling()
	if known == 0 {
		return nil
	}
	is := t.Now() != 0
	if degrees := b.Temperature(); known&SoftLimit == 0 && degrees != nil {
		is = is || *degrees >= HotFrom
	}
	return &is
}
