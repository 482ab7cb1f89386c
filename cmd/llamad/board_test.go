package main

import (
	"testing"
	"testing/fstest"
)

func TestBoard(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text + "\n")} }
	for _, test := range []struct {
		name      string
		sys       fstest.MapFS
		degrees   any
		throttled any
	}{
		{"nothing", fstest.MapFS{}, nil, nil},
		{"Pi 4, hot", fstest.MapFS{
			"class/thermal/thermal_zone0/type":                        file("cpu-thermal"),
			"class/thermal/thermal_zone0/temp":                        file("81794"),
			"devices/platform/soc/soc:firmware/get_throttled":         file("e0008"),
			"devices/platform/soc/soc:firmware/raspberrypi-hwmon/pwm": file("x"),
		}, 81.8, true},
		{"Pi 5, was throttled", fstest.MapFS{
			"class/thermal/thermal_zone0/type":                                      file("cpu-thermal"),
			"class/thermal/thermal_zone0/temp":                                      file("52100"),
			"devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled": file("0x50000"),
		}, 52.1, false},
		{"a laptop", fstest.MapFS{
			"class/thermal/thermal_zone0/type": file("acpitz"),
			"class/thermal/thermal_zone0/temp": file("20000"),
			"class/thermal/thermal_zone1/type": file("x86_pkg_temp"),
			"class/thermal/thermal_zone1/temp": file("47000"),
		}, 47.0, nil},
	} {
		b := board{test.sys}
		var degrees, throttled any
		if d := b.temperature(); d != nil {
			degrees = *d
		}
		if is := b.throttled(); is != nil {
			throttled = *is
		}
		if degrees != test.degrees || throttled != test.throttled {
			t.Errorf("%s: %v °C, throttled %v; want %v, %v", test.name, degrees, throttled, test.degrees, test.throttled)
		}
	}
}
