package board

import "strings"

// Governor is who decides how fast the first core runs. Frequencies are in MHz.
type Governor struct {
	Name     string // "ondemand"
	Driver   string // "cpufreq-dt"
	Min, Max int    // that it may choose from
	Hardware int    // that the core can run at
}

// Governor is ok where the machine has one; a virtual machine has none.
func (b Board) Governor() (g Governor, ok bool) {
	const policy = "sys/devices/system/cpu/cpufreq/policy0/"
	g.Name, ok = b.text(policy + "scaling_governor")
	g.Driver, _ = b.text(policy + "scaling_driver")
	for at, name := range map[*int]string{&g.Min: "scaling_min_freq", &g.Max: "scaling_max_freq", &g.Hardware: "cpuinfo_max_freq"} {
		kHz, _ := b.number(policy + name)
		*at = int(kHz / 1000)
	}
	return g, ok
}

// Top is the speed that a busy core comes to. Intel's and AMD's own drivers turn
// the clock up under powersave too.
func (g Governor) Top() int {
	if g.Name == "powersave" && !strings.Contains(g.Driver, "pstate") {
		return g.Min
	}
	return g.Max
}
