package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"llamad/mqtt/mosquittotest"
)

const examples = "../packaging/examples/"

// Every line of the shell's examples is played against a daemon and a broker.
func TestShellExamples(t *testing.T) {
	broker := mosquittotest.Start(t)
	serve(t, native, broker.URL())
	c := dial(t, broker)
	c.waitOnline(native.slow)
	home := t.TempDir()
	_, port, _ := strings.Cut(broker.Addr(), ":")
	for _, program := range []string{"mosquitto_rr", "mosquitto_pub", "mosquitto_sub"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("%v: apt-get install mosquitto-clients", err)
		}
		// Where these programs look for their defaults.
		if err := os.WriteFile(filepath.Join(home, program), []byte("-h 127.0.0.1\n-p "+port+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(examples + "mosquitto/prompts.sh")
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+home, "LLAMAD=llamad/test")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%v, %s\n%s", err, stderr.String(), out)
	}
	// Bare text may have several lines; objects have one.
	var answers []answer
	var rest []string
	for line := range strings.Lines(string(out)) {
		var a answer
		if json.Unmarshal([]byte(line), &a) == nil && a.Status == "ok" {
			if a.Warnings != nil {
				t.Errorf("the daemon warns: %q", a.Warnings)
			}
			answers = append(answers, a)
			continue
		}
		rest = append(rest, strings.TrimSpace(line))
	}
	if len(answers) != 5 || len(rest) < 3 || rest[len(rest)-2] != "online" || !strings.Contains(rest[len(rest)-1], `"status":"ready"`) {
		t.Fatalf("%d answers and %q in\n%s", len(answers), rest, out)
	}
	if choice := answers[2]; len(choice.Scores) != 3 {
		t.Errorf("one_of: %+v", choice)
	}
	if first, second := answers[3].Usage.Prompt, answers[4]; second.Usage.Prompt <= first || second.Timings.Cached < first {
		t.Errorf("the conversation: %d tokens, then %+v", first, second)
	}
	c.until("response/later", native.slow, func(p []byte) bool { return strings.Contains(string(p), `"status":"ok"`) })
}

// readYAML has Python read a file of Home Assistant's and gives it as JSON.
const readYAML = `
import json, sys
try:
    import yaml
except ImportError:
    sys.exit("python3-yaml is missing: apt-get install python3-yaml")
class Loader(yaml.SafeLoader):
    def construct_mapping(self, node, deep=False):
        keys = [k.value for k, _ in node.value]
        if len(keys) != len(set(keys)):
            raise yaml.YAMLError("a key twice in " + str(keys))
        return super().construct_mapping(node, deep)
Loader.add_constructor("!input", lambda loader, node: {"!input": node.value})
print(json.dumps(yaml.load(open(sys.argv[1]), Loader)))
`

func yamlOf(t *testing.T, path string) (o object) {
	t.Helper()
	out, err := exec.Command("python3", "-c", readYAML, path).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", path, err, out)
	}
	if err := json.Unmarshal(out, &o); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return o
}

// The blueprint is what Home Assistant takes for one, listens before it asks, and
// returns what it hears.
func TestHomeAssistantBlueprint(t *testing.T) {
	b := yamlOf(t, examples+"home-assistant/ask_llamad.yaml")
	head, _ := b["blueprint"].(map[string]any)
	if head["name"] == nil || head["domain"] != "script" || head["input"] == nil {
		t.Errorf("blueprint: %v", head)
	}
	fields, _ := b["fields"].(map[string]any)
	for _, name := range []string{"prompt", "system", "max_tokens", "one_of", "plain"} {
		if fields[name] == nil {
			t.Errorf("it has no field %s", name)
		}
	}
	steps, _ := b["sequence"].([]any)
	if len(steps) != 3 {
		t.Fatalf("it has %d steps: %v", len(steps), steps)
	}
	text := func(v any) string {
		j, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(j)
	}
	branches, _ := steps[1].(map[string]any)["parallel"].([]any)
	if len(branches) != 2 || !strings.Contains(text(branches[0]), "wait_for_trigger") ||
		!strings.Contains(text(branches[1]), "mqtt.publish") || !strings.Contains(text(branches[1]), "/info") {
		t.Errorf("it does not listen before it asks: %v", branches)
	}
	if steps[2].(map[string]any)["response_variable"] != "answer" {
		t.Errorf("it returns nothing: %v", steps[2])
	}
}

// The automations are well-formed and use the script with fields that it has.
func TestHomeAssistantAutomations(t *testing.T) {
	fields, _ := yamlOf(t, examples+"home-assistant/ask_llamad.yaml")["fields"].(map[string]any)
	files, err := filepath.Glob(examples + "home-assistant/*.yaml")
	if err != nil || len(files) != 5 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		if filepath.Base(file) == "ask_llamad.yaml" {
			continue
		}
		a := yamlOf(t, file)
		if a["alias"] == nil || a["triggers"] == nil || a["mode"] == nil {
			t.Errorf("%s is no automation: %v", file, a)
		}
		asked := false
		actions, _ := a["actions"].([]any)
		for _, step := range actions {
			s, _ := step.(map[string]any)
			if s["action"] != "script.ask_llamad" {
				continue
			}
			asked = s["response_variable"] == "answer"
			data, _ := s["data"].(map[string]any)
			for key := range data {
				if fields[key] == nil {
					t.Errorf("%s: the script has no field %s", file, key)
				}
			}
			if data["prompt"] == nil {
				t.Errorf("%s asks nothing", file)
			}
		}
		if !asked {
			t.Errorf("%s does not ask for an answer", file)
		}
	}
}
