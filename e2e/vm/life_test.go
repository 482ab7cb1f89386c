//go:build vm

package vm

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What happens to llamad on a small Raspberry Pi, from apt install to apt purge. The
// board has 512 MB of memory.
func TestLifeOnABoard(t *testing.T) {
	head, size := tinyLlama(t)
	s := service{boot(t, options{memoryMB: 512, cargo: map[string]string{
		"llamad": deb(t),
		"newer":  newer(t, deb(t)),
		"small":  smolLM2(t),
		"card":   card(t, smolLM2(t)),
		"large":  head,
	}})}
	small, large := models+"/SmolLM2-135M-Instruct.Q4_1.gguf", models+"/tinyllama-1.1b.Q4_0.gguf"

	s.steps(
		step{"apt install", func() {
			s.sh(leavings + " >/root/before")
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
			s.unload("small", small)
			s.t.Log(s.awaitStatus("ready: SmolLM2-135M-Instruct.Q4_1, dotprod kernels"))
		}},

		step{"a hub asks", func() {
			if a := s.publish(); a.Status != "ok" || a.Text == "" {
				s.t.Errorf("answered with %+v", a)
			}
			s.t.Log(s.sh("mosquitto_sub -t %shealth -C 1 -W 300; head -n3 /proc/meminfo", topic))
		}},

		step{"systemd-analyze security", func() {
			s.t.Log(s.sh("systemd-analyze security --no-pager --threshold=13 llamad >/root/security && tail -n1 /root/security"))
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
			s.is(pid, "systemctl show --value -p MainPID llamad")
		}},

		step{"the watchdog and a process that stopped", func() {
			s.hasten()
			pid, stopped := s.property("MainPID"), s.uptime()
			s.sh("kill -STOP %s", pid)
			s.awaitRestart(pid, stopped)
			s.awaitStatus("ready: ")
			s.t.Logf("ready %.1f s after it", s.since("ActiveEnterTimestamp")-stopped)
			s.chooses()
			s.sh("rm -r %s && systemctl daemon-reload", dropIns)
		}},

		step{"a card that fails", func() {
			s.insert("card", models)
			s.sh("systemctl restart llamad")
			s.awaitStatus("ready: ")
			pid := s.property("MainPID")
			s.begin()
			s.turn("card", "error")
			failed := s.uptime()
			s.forget()
			if a := s.end(); a.Error.Code != "model_error" || !strings.Contains(a.Error.Message, "SmolLM2") {
				s.t.Errorf("answered with %+v, expected model_error", a)
			}
			s.t.Logf("failed %.1f s after the card", s.uptime()-failed)
			if a := s.send(""); a.Status != "error" {
				s.t.Errorf("answered with %+v off a card that fails", a)
			}
			s.t.Log(s.property("StatusText"))
			s.turn("card", "linear")
			mended := s.uptime()
			s.awaitStatus("ready: ")
			s.t.Logf("ready %.1f s after the card", s.uptime()-mended)
			s.chooses()
			s.is(pid, "systemctl show --value -p MainPID llamad")
		}},

		step{"the watchdog and a card that hangs", func() {
			s.hasten()
			pid := s.property("MainPID")
			s.begin()
			s.hang()
			s.forget()
			hung := s.uptime()
			s.awaitRestart(pid, hung)
			s.turn("card", "linear")
			s.awaitStatus("ready: ")
			if a := s.cancel(); a.Status != "ok" || a.Choices[0].FinishReason != "cancelled" {
				s.t.Errorf("answered with %+v; expected the prompt to survive the process that was stopped", a)
			}
			s.chooses()
			s.sh("systemctl stop llamad")
			s.eject(models)
			s.sh("rm -r %s && systemctl daemon-reload && systemctl start llamad", dropIns)
			s.awaitStatus("ready: ")
		}},

		step{"a model that does not fit", func() {
			pid := s.property("MainPID")
			s.unload("large", "/root/large.gguf")
			s.sh("truncate -s %d /root/large.gguf", size)
			s.sh("mv %s /root/small.gguf && mv /root/large.gguf %s", small, large)
			s.t.Log(s.awaitStatus("open " + large + ": the model does not fit the memory budget"))
			if a := s.send(""); a.Error.Code != "memory_budget" {
				s.t.Errorf("answered with %+v, expected memory_budget", a)
			}
			if i := s.info(); i.Status != "memory_budget" {
				s.t.Errorf("info says %+v", i)
			}
			s.t.Log(s.sh("journalctl -u llamad -b -o cat --no-pager | grep -A 20 'does not fit'"))
			s.is(pid, "systemctl show --value -p MainPID llamad")
			s.sh("rm %s && mv /root/small.gguf %s", large, small)
			s.awaitStatus("ready: SmolLM2")
		}},

		step{"reboot, with the model locked in memory", func() {
			s.set("lock", "true")
			s.reboot()
			s.awaitStatus("ready: ")
			locked := 1024 * s.number(s.sh("awk '/^VmLck/ {print $2}' /proc/%s/status", s.property("MainPID")))
			if size := s.number(s.sh("stat -c %%s %s", small)); locked < size {
				s.t.Errorf("%.0f bytes are locked, the model has %.0f", locked, size)
			}
			s.chooses()
		}},

		step{"upgrade", func() {
			pid, mine, version := s.property("MainPID"), s.sh("sha256sum %s", config), s.sh(versionOf)
			s.install("newer", "-o", "Dpkg::Options::=--force-confold")
			s.is(version+next, versionOf)
			s.is(mine, "sha256sum %s", config)
			s.awaitStatus("ready: ")
			if s.property("MainPID") == pid {
				s.t.Error("the old program still runs")
			}
			if a := s.send(""); a.Usage.Completion != 2 {
				s.t.Errorf("answered with %+v, expected 2 tokens, as configured", a)
			}
		}},

		step{"apt remove", func() {
			s.sh("apt-get remove -y llamad")
			s.is("inactive", "systemctl is-active llamad")
			s.sh("ls %s %s", config, small) // they are their owner's
		}},

		step{"apt purge", func() {
			s.sh("apt-get purge -y llamad")
			s.is("", leavings+" | diff /root/before -")
			s.is("", "systemctl list-unit-files --no-legend 'llamad*'; systemctl list-units --all --no-legend 'llamad*'")
		}},
	)
}

const versionOf = "dpkg-query -W -f '${Version}' llamad"

// leavings lists all files that a package leaves as they were, but not /root and
// /tmp, logs, and what others keep for themselves.
const leavings = `find / -xdev \( -path /root -o -path /tmp -o -path /var/tmp -o -path /var/log -o -path /var/cache \
	-o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/lib/systemd -o -path /var/lib/mosquitto \
	\) -prune -o -printf '%%y %%m %%u:%%g %%p %%l\n' | sort`

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
