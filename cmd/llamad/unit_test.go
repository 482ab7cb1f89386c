package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"llamad/config"
	"llamad/systemd"
)

// The unit file says how systemd has to treat what this command does.
func TestUnitFitsTheCommand(t *testing.T) {
	setting := func(name string) string {
		m := regexp.MustCompile(`(?m)^` + name + `=(.*)$`).FindStringSubmatch(systemd.Unit)
		if m == nil {
			t.Fatalf("the unit has no %s", name)
		}
		return m[1]
	}
	if got := setting("RestartPreventExitStatus"); got != fmt.Sprint(exitConfig) {
		t.Errorf("RestartPreventExitStatus=%s, expected %d, the code of a wrong configuration", got, exitConfig)
	}
	a := &app{}
	words := strings.Fields(setting("ExecStart"))
	cmd, _, err := a.rootCommand().Find(words[1:])
	if err != nil || cmd.Name() != "serve" {
		t.Errorf("ExecStart=%q: %v", words, err)
	}
	stop, err := time.ParseDuration(setting("TimeoutStopSec") + "s")
	if err != nil || stop <= runningGrace {
		t.Errorf("TimeoutStopSec=%v, expected more than the %v of the running prompt", stop, runningGrace)
	}
	state := "/var/lib/" + setting("StateDirectory")
	if state != serviceState {
		t.Errorf("the service keeps its state in %s, and the doctor looks in %s", state, serviceState)
	}
	if models := config.Default().Model.Directory; strings.HasPrefix(models+"/", state+"/") {
		t.Errorf("StateDirectory=%s makes the models in %s writable for what serves them", setting("StateDirectory"), models)
	}
}
