package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"llamad/board"
	"llamad/config"
)

// unitOf names the unit that serves with a configuration. It is the first one's
// where no unit does.
func unitOf(file string) (name string, is bool) {
	if file == "" || file == config.DefaultPath {
		return "llamad", true
	}
	name, toml := strings.CutSuffix(filepath.Base(file), ".toml")
	if filepath.Dir(file) == filepath.Dir(config.DefaultPath) && toml {
		return "llamad@" + name, true
	}
	return "llamad", false
}

// unitProperties are what we want to know of the unit.
var unitProperties = []string{
	"LoadState", "UnitFileState", "ActiveState", "SubState", "Result", "ExecMainStatus", "NRestarts",
	"ActiveEnterTimestamp", "StatusText", "User", "ProtectHome", "PrivateTmp",
}

// askSystemd reads the unit's properties, once. Without systemd there are none.
func (e *examination) askSystemd() (map[string]string, error) {
	if e.properties != nil {
		return e.properties, nil
	}
	out, err := e.machine.run(e.ctx, "systemctl", "show", "--property="+strings.Join(unitProperties, ","), e.unit+".service")
	if err != nil {
		return nil, err
	}
	e.properties = map[string]string{}
	for line := range strings.Lines(out) {
		if name, value, is := strings.Cut(strings.TrimSuffix(line, "\n"), "="); is {
			e.properties[name] = value
		}
	}
	return e.properties, nil
}

func (e *examination) service() verdict {
	if !e.board().HasSystemd() {
		return verdict{fine, "systemd does not run here: llamad serve needs none", ""}
	}
	name := e.unit
	u, err := e.askSystemd()
	if err != nil {
		return verdict{unasked, "systemd cannot be asked: " + err.Error(), ""}
	}
	switch state := u["ActiveState"]; {
	case u["LoadState"] == "not-found":
		return verdict{odd, "systemd knows no unit " + name, "install the package: sudo apt install ./llamad_*.deb"}
	case u["LoadState"] == "masked":
		return verdict{broken, name + " is masked", "sudo systemctl unmask " + name + " && sudo systemctl enable --now " + name}
	case u["LoadState"] != "loaded":
		return verdict{broken, "systemd cannot load the unit " + name + " (" + u["LoadState"] + ")", "systemd-analyze verify " + name + ".service"}
	case state == "failed", u["SubState"] == "auto-restart":
		return e.failed(name, u)
	case state == "activating":
		return verdict{fine, name + " is starting", ""}
	case state == "active", state == "reloading":
		return up(name, u)
	case u["UnitFileState"] == "disabled":
		return verdict{odd, name + " is not running and does not start with the machine", "sudo systemctl enable --now " + name}
	}
	return verdict{odd, name + " is not running", "sudo systemctl start " + name}
}

// up says since when a service runs, and what may be odd about it.
func up(name string, u map[string]string) verdict {
	v := verdict{fine, name + " runs since " + u["ActiveEnterTimestamp"], ""}
	if text := u["StatusText"]; text != "" {
		v.found += ": " + text
	}
	var cures []string
	if n := u["NRestarts"]; n != "" && n != "0" {
		v.found += "\nafter a failure systemd has started it again, " + n + " times so far"
		cures = append(cures, "see why: sudo journalctl -u "+name)
	}
	if u["UnitFileState"] == "disabled" {
		v.found += "\nit does not start with the machine"
		cures = append(cures, "sudo systemctl enable "+name)
	}
	if len(cures) > 0 {
		v.grade, v.cure = odd, strings.Join(cures, "\n")
	}
	return v
}

// failed explains why a service ended that should not have.
func (e *examination) failed(name string, u map[string]string) verdict {
	log := "sudo journalctl -u " + name + " -n 50"
	again := " && sudo systemctl restart " + name
	why, cure := "it ended ("+u["Result"]+")", log
	switch result, code := u["Result"], u["ExecMainStatus"]; {
	case result == "exit-code" && code == fmt.Sprint(config.ExitCode):
		why, cure = "its configuration is wrong", "llamad config check; then sudo systemctl restart "+name
	case result == "exit-code" && code == "203": // EXEC
		why, cure = "/usr/bin/llamad cannot be run here", "install the package for this machine's architecture"
	case result == "exit-code" && code == "217": // USER
		why, cure = "there is no user "+serviceUser(u), "sudo systemd-sysusers"+again
	case result == "exit-code":
		why = "it ended with exit code " + code
	case result == "oom-kill":
		why, cure = "the kernel ended it for want of memory", "set memory.budget or memory.context lower, or use a smaller model"
	case result == "watchdog":
		why = "it made no progress for a minute"
	case result == "start-limit-hit":
		why, cure = "it failed too often in a row", log+"; then sudo systemctl reset-failed "+name+again
	}
	return verdict{broken, name + " does not run: " + why, cure}
}

// serviceUser is who the service runs as.
func serviceUser(unit map[string]string) string {
	if user := unit["User"]; user != "" {
		return user
	}
	return "root"
}

// files asks whether the service may read what the configuration names.
func (e *examination) files() verdict {
	if !e.serves || !e.board().HasSystemd() {
		return verdict{} // nobody else than us reads them
	}
	u, err := e.askSystemd()
	switch {
	case err != nil:
		return verdict{unasked, "systemd cannot be asked", ""}
	case u["LoadState"] == "not-found":
		return verdict{}
	case e.config == nil:
		return noConfiguration
	}
	name := serviceUser(u)
	user, ok := e.board().User(name)
	if !ok && name != "root" {
		return verdict{broken, "there is no user " + name, "sudo systemd-sysusers"}
	}
	files := []string{e.config.File, e.config.MQTT.PasswordFile}
	if model, err := e.config.Model.File(); err == nil {
		files = append(files, model)
	}
	var read []string
	for _, file := range files {
		if file == "" {
			continue
		}
		v := e.readable(u, user, name, withoutLinks(file))
		if v.grade == broken || v.grade == unasked {
			return v
		}
		if v.grade == fine {
			read = append(read, file)
		}
	}
	if len(read) == 0 {
		return verdict{}
	}
	return verdict{fine, name + " may read " + strings.Join(read, ", "), ""}
}

// readable judges one file; what is not there is not judged.
func (e *examination) readable(unit map[string]string, user board.User, name, file string) verdict {
	blocked, err := e.board().MayRead(user, file)
	if errors.Is(err, fs.ErrNotExist) {
		return verdict{} // who opens it says so
	}
	for _, hidden := range []struct {
		property string
		dirs     []string
	}{
		{"ProtectHome", []string{"/home/", "/root/", "/run/user/"}},
		{"PrivateTmp", []string{"/tmp/", "/var/tmp/"}},
	} {
		for _, dir := range hidden.dirs {
			if strings.HasPrefix(file, dir) && unit[hidden.property] == "yes" {
				return verdict{broken, fmt.Sprintf("the service does not see %s: %s=yes of its unit hides %s", file, hidden.property, dir),
					"move it to where services look, a model to /var/lib/llamad/models, and say so in the configuration"}
			}
		}
	}
	switch {
	case err != nil:
		return verdict{unasked, "whether " + name + " may read " + file + " only root can tell", ""}
	case blocked == file:
		return verdict{broken, name + " may not read " + file, fmt.Sprintf("sudo chgrp %s %s && sudo chmod g+r %s", name, file, file)}
	case blocked != "":
		return verdict{broken, fmt.Sprintf("%s may not read %s: %s is closed to it", name, file, blocked), "sudo chmod o+x " + blocked + ", or move the file"}
	}
	return verdict{fine, "", ""}
}

// environ is the environment with the credentials that systemd gives the service.
// Only root can read them. An instance's have other names, and are not looked for.
func (e *examination) environ() []string {
	const directory, password = "CREDENTIALS_DIRECTORY", "llamad.mqtt-password"
	if variable(e.app.environ, directory) != "" || e.unit != "llamad" {
		return e.app.environ
	}
	for _, dir := range e.machine.credentials {
		if f, err := os.Open(filepath.Join(dir, password)); err == nil {
			f.Close()
			return append(slices.Clone(e.app.environ), directory+"="+dir)
		}
	}
	return e.app.environ
}
