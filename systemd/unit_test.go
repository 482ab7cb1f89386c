package systemd

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// settings are the lines of a unit file as section.Name -> values.
func settings(t *testing.T, unit string) map[string][]string {
	t.Helper()
	out, section := map[string][]string{}, ""
	for line := range strings.Lines(unit) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			section = strings.Trim(line, "[]")
		default:
			name, value, ok := strings.Cut(line, "=")
			if !ok || section == "" {
				t.Fatalf("line %q is no setting", line)
			}
			out[section+"."+name] = append(out[section+"."+name], value)
		}
	}
	return out
}

// What the unit promises and the code does must be the same.
func TestUnitAgreesWithTheCode(t *testing.T) {
	unit := settings(t, Unit)
	for name, want := range map[string]string{
		"Service.Type":                     "notify", // Ready; and Reloading, by hand, for systemd before 253
		"Service.NotifyAccess":             "main",
		"Service.ExecReload":               `/bin/sh -c "kill -HUP $MAINPID"`,
		"Service.RestartPreventExitStatus": "78",
		"Service.User":                     "llamad",
		"Service.LoadCredential":           "llamad.mqtt-password",
		"Service.StateDirectory":           "llamad/state",
		"Service.Restart":                  "on-failure",
		"Service.ProtectSystem":            "strict",
		"Service.CapabilityBoundingSet":    "",
		"Service.RestrictAddressFamilies":  "AF_INET AF_INET6 AF_UNIX", // AF_UNIX for the notification socket
		"Service.WatchdogSec":              "60",
		"Install.WantedBy":                 "multi-user.target",
	} {
		if got := unit[name]; !slices.Equal(got, []string{want}) {
			t.Errorf("%s = %q, expected %q", name, got, want)
		}
	}
	if unit["Service.ProcSubset"] != nil {
		t.Error("ProcSubset hides /proc/meminfo, which the memory budget reads")
	}
	for _, filter := range unit["Service.SystemCallFilter"] {
		if strings.Contains(filter, "@resources") {
			t.Error("the filter forbids sched_setaffinity, which pins the workers")
		}
	}
	if exec := unit["Service.ExecStart"]; len(exec) != 1 || !strings.HasPrefix(exec[0], "/usr/bin/llamad serve") {
		t.Errorf("ExecStart = %q", exec)
	}
	for name, values := range unit {
		if strings.Contains(strings.ToLower(name), "environment") {
			t.Errorf("%s = %q: settings belong in llamad.toml", name, values)
		}
	}
}

// Two units that say the same for ever, but for what tells instances apart.
func TestInstanceUnitIsTheUnit(t *testing.T) {
	want := settings(t, Unit)
	for name, value := range map[string]string{
		"Unit.Description":       "Language model answering MQTT prompts, %i",
		"Service.ExecStart":      "/usr/bin/llamad serve --config /etc/llamad/%i.toml",
		"Service.StateDirectory": "llamad/state@%i",
		"Service.LoadCredential": "llamad.mqtt-password:llamad@%i.mqtt-password",
	} {
		want[name] = []string{value}
	}
	if got := settings(t, InstanceUnit); !reflect.DeepEqual(got, want) {
		for name := range want {
			if !slices.Equal(got[name], want[name]) {
				t.Errorf("llamad@.service: %s = %q, expected %q", name, got[name], want[name])
			}
		}
		for name := range got {
			if want[name] == nil {
				t.Errorf("llamad@.service: %s = %q, which llamad.service does not have", name, got[name])
			}
		}
	}
}

func TestSysUsersMakesTheUserOfTheUnit(t *testing.T) {
	user := settings(t, Unit)["Service.User"][0]
	fields := []string{}
	for line := range strings.Lines(SysUsers) {
		if !strings.HasPrefix(line, "#") {
			fields = append(fields, strings.Fields(line)...)
		}
	}
	if len(fields) < 3 || fields[0] != "u" || fields[1] != user {
		t.Errorf("sysusers.d line %q, expected it to make the user %s", fields, user)
	}
}
