package board

import (
	"io/fs"
	"math"
	"strings"
)

// HotFrom is the temperature in °C at which a Raspberry Pi begins to slow down.
const HotFrom = 80

// Temperature is that of the processor in °C, nil where nobody measures it.
func (b Board) Temperature() *float64 {
	zones, _ := fs.Glob(b.root, "sys/class/thermal/thermal_zone*")
	for _, zone := range zones {
		kind, ok := b.text(zone + "/type")
		if !ok || !strings.Contains(kind, "cpu") && !strings.Contains(kind, "soc") && kind != "x86_pkg_temp" {
			continue
		}
		if milli, ok := b.number(zone + "/temp"); ok {
			degrees := math.Round(float64(milli)/100) / 10
			return &degrees
		}
	}
	return nil
}
