package board

import (
	"runtime"
	"strings"
)

// Name is what the machine calls itself: a board its model, such as "Raspberry Pi
// 5 Model B Rev 1.0", anything else its processor.
func (b Board) Name() string {
	if model, ok := b.text("proc/device-tree/model"); ok {
		return model
	}
	if name := b.CPU().Name; name != "" {
		return name
	}
	return runtime.GOARCH
}

// IsRaspberryPi says whether it is one, of whatever model.
func (b Board) IsRaspberryPi() bool { return strings.HasPrefix(b.Name(), "Raspberry Pi") }

// CPU is a machine's processor.
type CPU struct {
	Name    string // "Cortex-A76", "Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz"; "" where nobody says
	Cores   int    // that Linux runs on, hyper-threads counted
	Dotprod bool   // it is an Arm and has the dot-product instructions
}

// armParts are the cores of the boards that llamad runs on, by the number that
// Arm gave them (MIDR_EL1, "CPU part").
var armParts = map[string]string{
	"0xd03": "Cortex-A53", // Raspberry Pi 3, Zero 2 W
	"0xd05": "Cortex-A55",
	"0xd07": "Cortex-A57",
	"0xd08": "Cortex-A72", // Raspberry Pi 4
	"0xd09": "Cortex-A73",
	"0xd0a": "Cortex-A75",
	"0xd0b": "Cortex-A76", // Raspberry Pi 5
	"0xd0c": "Neoverse-N1",
	"0xd41": "Cortex-A78",
}

const armLimited = "0x41" // "CPU implementer"

// CPU is the machine's processor, the first of those that differ.
func (b Board) CPU() CPU {
	var c CPU
	implementer := ""
	for _, line := range b.lines("proc/cpuinfo") {
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "processor":
			c.Cores++
		case "model name":
			c.Name = value
		case "CPU implementer":
			implementer = value
		case "CPU part":
			if part, known := armParts[value]; known && implementer == armLimited {
				c.Name = part
			}
		case "Features":
			c.Dotprod = strings.Contains(" "+value+" ", " asimddp ")
		}
	}
	return c
}

// Memory is what Linux has, in bytes; 0 where nobody says.
func (b Board) Memory() int64 { return b.kilobytes("proc/meminfo", "MemTotal") }
