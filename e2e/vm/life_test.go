//go:build vm

package vm

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What happens to llamad on somebody's Raspberry Pi, from apt install to apt purge.
func TestLifeOnABoard(t *testing.T) {
	s := service{boot(t, options{memoryMB: 1024, cargo: map[string]string{
		"llamad": deb(t),
		"newer":  newer(t, deb(t)),
		"model":  smolLM2(t),
	}})}
	before := s.leavings()

	s.steps(
		step{"apt install", func() {
			s.install("llamad")
			s.is("active\nactive\nenabled", "systemctl is-active mosquitto llamad; systemctl is-enabled llamad")
			s.is(`drwxr-x--- root:llamad /etc/llamad
-rw-r----- root:llamad /etc/llamad/llamad.toml
drwxr-xr-x root:root /var/lib/llamad/models`, "stat -c '%%A %%U:%%G %%n' /etc/llamad %s %s", config, models)
		}},

		step{"no model", func() {
			s.t.Log(s.awaitStatus("no model in " + models))
			if a := s.send(""); a.Error.Code != "no_model" || !strings.Contains(a.Error.Message, "sudo llamad pull tinyllama") {
				s.t.Errorf("answered with %+v, expected no_model and its cure", a)
			}
			if i := s.info(); i.Status != "no_model" {
				s.t.Errorf("info says %+v", i)
			}
		}},

		step{"the model arrives", func() {
			s.unload("model", models+"/SmolLM2-135M-Instruct.Q4_1.gguf")
			s.t.Log(s.awaitStatus("ready: SmolLM2-135M-Instruct.Q4_1, dotprod kernels"))
			s.answers()
		}},

		step{"a hub asks", func() {
			if a := s.publish(); a.Status != "ok" || !strings.Contains(a.Text, word) {
				s.t.Errorf("answered with %+v", a)
			}
		}},

		step{"systemd-analyze security", func() {
			s.t.Log(s.sh("systemd-analyze security --no-pager --threshold=13 llamad | tail -n1"))
		}},

		step{"doctor", func() {
			for _, user := range []string{"root", "llamad"} {
				r := s.try("runuser -u %s -- llamad doctor", user)
				s.t.Logf("%s:\n%s%s", user, r.out, r.err)
				if r.code != 0 {
					s.t.Errorf("exit %d as %s", r.code, user)
				}
			}
		}},

		step{"systemctl reload", func() {
			pid := s.property("MainPID")
			s.set("max_tokens", "2")
			s.sh("systemctl reload llamad")
			if a := s.send(""); a.Usage.Completion != 2 || a.Choices[0].FinishReason != "length" {
				s.t.Errorf("answered with %+v, expected 2 tokens", a)
			}
			if now := s.property("MainPID"); now != pid {
				s.t.Errorf("process %s became %s", pid, now)
			}
		}},

		step{"watchdog", func() {
			s.sh("mkdir -p /run/systemd/system/llamad.service.d")
			s.sh("printf '[Service]\\nWatchdogSec=10\\n' >/run/systemd/system/llamad.service.d/watchdog.conf")
			s.sh("systemctl daemon-reload && systemctl restart llamad")
			s.awaitStatus("ready: ")
			pid, stopped := s.property("MainPID"), s.uptime()
			s.sh("kill -STOP %s", pid)
			s.until(func(now string) bool { return now != pid && now != "0" }, "systemctl show --value -p MainPID llamad")
			s.awaitStatus("ready: ")
			s.t.Logf("started %.1f s after the stop, ready %.1f s", s.since("ExecMainStartTimestamp")-stopped, s.since("ActiveEnterTimestamp")-stopped)
			if log := s.journal("-5 min"); !strings.Contains(log, "Watchdog timeout (limit 10s)") {
				s.t.Errorf("the log says nothing of the watchdog:\n%s", log)
			}
			s.answers()
			s.sh("rm -r /run/systemd/system/llamad.service.d && systemctl daemon-reload")
		}},

		step{"reboot", func() {
			s.reboot()
			s.awaitStatus("ready: ")
			s.answers()
		}},

		step{"upgrade", func() {
			pid, mine, version := s.property("MainPID"), s.sh("sha256sum %s", config), s.sh(versionOf)
			s.install("newer", "-o", "Dpkg::Options::=--force-confold")
			s.is(version+next, versionOf)
			s.is(mine, "sha256sum %s", config)
			s.awaitStatus("ready: ")
			if now := s.property("MainPID"); now == pid {
				s.t.Error("the old program still runs")
			}
			if a := s.send(""); a.Usage.Completion != 2 {
				s.t.Errorf("answered with %+v, expected 2 tokens, as configured", a)
			}
		}},

		step{"apt remove", func() {
			s.sh("apt-get remove -y llamad")
			s.is("inactive", "systemctl is-active llamad")
			s.sh("ls %s %s/*.gguf", config, models) // they are their owner's
		}},

		step{"apt purge", func() {
			s.sh("apt-get purge -y llamad")
			if after := s.leavings(); after != before {
				s.t.Errorf("something is left or gone:\n%s", difference(before, after))
			}
			s.is("", "systemctl list-unit-files --no-legend 'llamad*'; systemctl list-units --all --no-legend 'llamad*'")
		}},
	)
}

const versionOf = "dpkg-query -W -f '${Version}' llamad"

// leavings are all files that a package should leave as they were: not logs, and
// not what dpkg, apt and systemd keep for themselves.
func (s service) leavings() string {
	s.t.Helper()
	return s.sh(`find / -xdev \( -path /tmp -o -path /var/tmp -o -path /var/log -o -path /var/cache -o -path /var/lib/apt \
		-o -path /var/lib/dpkg -o -path /var/lib/systemd -o -path /var/lib/mosquitto \) -prune -o -printf "%%y %%m %%u:%%g %%p %%l\n" | sort`)
}

// difference names the lines that only one of two sorted texts has.
func difference(before, after string) string {
	lines := map[string]int{}
	for line := range strings.Lines(before) {
		lines[line]--
	}
	for line := range strings.Lines(after) {
		lines[line]++
	}
	var out strings.Builder
	for line, n := range lines {
		if n != 0 {
			out.WriteString(map[bool]string{true: "+ ", false: "- "}[n > 0] + line)
		}
	}
	return out.String()
}

// next is what the version of the second package adds to that of the first.
const next = "+next"

// newer is the same package of a later version, with another configuration file.
func newer(t *testing.T, deb string) string {
	t.Helper()
	dir := t.TempDir()
	script := `set -eu
dpkg-deb -R "$1" tree
sed -i "s/^Version: .*/&$2/" tree/DEBIAN/control
echo '# one more comment' >>tree/etc/llamad/llamad.toml
dpkg-deb --root-owner-group -Z none -b tree newer.deb`
	cmd := exec.Command("/bin/sh", "-c", script, "sh", deb, next)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return filepath.Join(dir, "newer.deb")
}
