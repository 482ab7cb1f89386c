//go:build vm

package vm

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	config = "/etc/llamad/llamad.toml"
	models = "/var/lib/llamad/models"
	topic  = "llamad/pi/" // the board's name is pi
)

// service is llamad on a board, as systemd and a user of that board see it.
type service struct{ *machine }

// file is the path of a file that make test-vm names in the environment.
func file(t *testing.T, variable string) string {
	t.Helper()
	path := os.Getenv(variable)
	if _, err := os.Stat(path); path == "" || err != nil {
		t.Fatalf("%s=%q is no file: run make test-vm", variable, path)
	}
	return path
}

func smolLM2(t *testing.T) string { return file(t, "LLAMAD_TEST_SMOLLM2") }
func deb(t *testing.T) string     { return file(t, "LLAMAD_TEST_DEB") }

// install installs a package of the cargo, as anybody would, with no mirror in
// reach.
func (s service) install(name string, options ...string) {
	s.t.Helper()
	s.unload(name, "/tmp/llamad_arm64.deb")
	s.sh("cd /tmp && apt-get install -y %s ./llamad_arm64.deb 2>&1 && rm llamad_arm64.deb", strings.Join(options, " "))
}

// set changes the first setting of a name in the configuration, as its head says.
func (s service) set(name, value string) {
	s.t.Helper()
	s.sh("sed -i '0,/^#%[1]s = .*/s//%[1]s = %[2]s/' %[3]s && grep -qx '%[1]s = %[2]s' %[3]s && llamad config check", name, value, config)
}

// property is what systemd knows of the unit.
func (s service) property(name string) string {
	s.t.Helper()
	return s.sh("systemctl show --value -p %s llamad", name)
}

// since is the seconds from the board's start to a moment that systemd knows.
func (s service) since(property string) float64 {
	s.t.Helper()
	return s.number(s.property(property+"Monotonic")) / 1e6
}

func (s service) uptime() float64 {
	s.t.Helper()
	return s.number(s.sh("cut -d' ' -f1 /proc/uptime"))
}

func (s service) number(text string) float64 {
	s.t.Helper()
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// awaitStatus waits until systemctl status shows a line that begins like this.
func (s service) awaitStatus(begin string) string {
	s.t.Helper()
	status := s.until(func(out string) bool { return strings.HasPrefix(out, begin) }, "systemctl show --value -p StatusText llamad")
	s.is("active", "systemctl is-active llamad")
	return status
}

const dropIns = "/run/systemd/system/llamad.service.d"

// hasten makes the watchdog wait for 10 s only, which on a busy machine is also the
// time that an emulated board may not run for.
func (s service) hasten() {
	s.t.Helper()
	s.sh("mkdir -p %[1]s && printf '[Service]\nWatchdogSec=10\n' >%[1]s/watchdog.conf && systemctl daemon-reload && systemctl restart llamad", dropIns)
	s.awaitStatus("ready: ")
}

// awaitRestart waits until the hastened watchdog has put another process in the
// place of one that came to a halt.
func (s service) awaitRestart(pid string, halt float64) {
	s.t.Helper()
	s.until(func(now string) bool { return now != pid && now != "0" }, "systemctl show --value -p MainPID llamad")
	s.t.Logf("started again %.1f s after the halt\n%s", s.since("ExecMainStartTimestamp")-halt,
		s.sh("journalctl -u llamad -b -o short-monotonic | grep -E 'systemd.*: llamad.service|model open|ready' | tail -n12"))
	s.sh("journalctl -u llamad -b _PID=1 | tail -n 20 | grep 'Watchdog timeout (limit 10s)'")
}

// begin asks for a long answer and returns when it is being written; end is what
// became of it.
func (s service) begin() {
	s.t.Helper()
	s.background("mosquitto_sub -t %[1]sstate -t '%[1]sstatus/#' -W 120 >/root/status", topic)
	s.until(func(seen string) bool { return seen != "" }, "cat /root/status") // the retained state: the subscription stands
	s.background("llamad send --json --deadline-s 500 --max-tokens 500 'Tell a long story.' >/root/answer; echo >>/root/answer")
	s.until(func(seen string) bool { return strings.Contains(seen, "generating") }, "cat /root/status")
}

func (s service) end() answer {
	s.t.Helper()
	out := s.until(func(out string) bool { return strings.HasSuffix(out, "\n") }, "cat /root/answer")
	s.t.Log(out)
	return s.parse(out)
}

// cancel ends what begin asked for, as soon as somebody answers for it.
func (s service) cancel() answer {
	s.t.Helper()
	s.until(func(out string) bool { return strings.HasSuffix(out, "\n") }, "mosquitto_pub -t %scancel -m '*'; cat /root/answer", topic)
	return s.end()
}

// answer is what tests look at in an answer or error.
type answer struct {
	Status  string
	Text    string
	Error   struct{ Code, Message string }
	Choices []struct {
		FinishReason string `json:"finish_reason"`
	}
	Usage struct {
		Completion int `json:"completion_tokens"`
	}
}

// send asks over MQTT with llamad send.
func (s service) send(flags string) answer {
	s.t.Helper()
	start := time.Now()
	r := s.try("llamad send --json --deadline-s 500 %s %q", flags, question)
	a := s.parse(r.out)
	if ok := a.Status == "ok"; ok != (r.code == 0) {
		s.t.Fatalf("send: exit %d: %s%s", r.code, r.out, r.err)
	}
	s.t.Logf("%.1f s: %s", time.Since(start).Seconds(), r.out)
	return a
}

// publish asks as a hub does, which knows nothing but MQTT.
func (s service) publish() answer {
	s.t.Helper()
	// The retained state tells that the subscription stands.
	out := s.sh(`mosquitto_sub -t %[1]sstate -t %[1]sresponse -F '%%t %%p' -C 2 -W 540 | while read -r topic payload; do
		case $topic in
		*/state) mosquitto_pub -q 1 -t %[1]sprompt -m '{"prompt":"%[2]s","deadline_s":500,"temperature":0,"repeat_penalty":1,"max_tokens":8}' ;;
		*) echo "$payload" ;;
		esac
	done`, topic, question)
	s.t.Log(out)
	return s.parse(out)
}

func (s service) parse(payload string) (a answer) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(payload), &a); err != nil {
		s.t.Fatalf("%v: %q", err, payload)
	}
	return a
}

// info is the retained topic that says what the daemon is.
func (s service) info() (i struct {
	Status, Message string
}) {
	s.t.Helper()
	out := s.sh("mosquitto_sub -t %sinfo -C 1 -W 60", topic)
	if err := json.Unmarshal([]byte(out), &i); err != nil {
		s.t.Fatalf("%v: %q", err, out)
	}
	return i
}

// What SmolLM2 is asked.
const question = "Name the capital of France in one word."

// chooses fails unless the question is answered as it should be, by the shortest
// way that goes through the model.
func (s service) chooses() {
	s.t.Helper()
	if a := s.send("--system Answer. --one-of Berlin --one-of Paris"); a.Text != "Paris" {
		s.t.Fatalf("answered with %+v", a)
	}
}
