package mqtt

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const examples = "../packaging/examples"

// exampleFiles are the examples by their path, without the prose.
func exampleFiles(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(examples, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".md") {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(examples, path)
		files[name] = string(text)
		return err
	})
	if err != nil || len(files) < 9 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	return files
}

// An example's topics are ours, and it prompts on those that prompts come in on.
func TestExamplesUseOurTopics(t *testing.T) {
	ours := []string{topicPrompt, topicCancel, topicResponse, topicStream, topicStatus, topicState, topicInfo, topicHealth, topicLast, topicEvent}
	topic := regexp.MustCompile(`(?:llamad/raspberrypi|\$LLAMAD|\{\{ topic \}\})/([a-z]+)`)
	for name, text := range exampleFiles(t) {
		for _, found := range topic.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(ours, found[1]) {
				t.Errorf("%s: there is no topic %s", name, found[0])
			}
		}
	}
}

// What an example asks for is what a request can ask for. Requests are written
// with their keys in double quotes, which nothing else in these files is.
func TestExamplesUseOurFields(t *testing.T) {
	key := regexp.MustCompile(`"([a-z_]+)":`)
	asked := map[string]bool{}
	check := func(name, text string) {
		for _, found := range key.FindAllStringSubmatch(text, -1) {
			asked[found[1]] = true
			if fields[found[1]] == nil {
				t.Errorf("%s: a request has no field %s", name, found[1])
			}
		}
	}
	for name, text := range exampleFiles(t) {
		if filepath.Ext(name) != ".json" {
			check(name, text)
			continue
		}
		for _, node := range flowOf(t, name, text) {
			check(name+", "+node.Name, node.Func)
		}
	}
	for _, name := range []string{"id", "prompt", "system", "max_tokens", "one_of", "plain", "deadline_s", "conversation"} {
		if !asked[name] {
			t.Errorf("no example shows %s", name)
		}
	}
}

// flowNode is what matters of a node of Node-RED.
type flowNode struct {
	ID, Type, Name, Func, Topic, Broker, Z string
	QoS, Retain                            string
	Wires                                  [][]string
}

func flowOf(t *testing.T, name, text string) (nodes []flowNode) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &nodes); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return nodes
}

// The flow holds together: its wires lead somewhere, and each answer comes back
// to the part that asked.
func TestNodeREDFlow(t *testing.T) {
	const name = "node-red/llamad.json"
	nodes := flowOf(t, name, exampleFiles(t)[name])
	byID := map[string]flowNode{}
	for _, n := range nodes {
		if byID[n.ID].ID != "" || n.ID == "" {
			t.Errorf("two nodes have the id %q", n.ID)
		}
		byID[n.ID] = n
	}
	asks, hears := map[string]bool{}, map[string]bool{}
	for _, n := range nodes {
		for _, wires := range n.Wires {
			for _, id := range wires {
				if byID[id].ID == "" {
					t.Errorf("%s leads to %q, which is not there", n.ID, id)
				}
			}
		}
		if strings.HasPrefix(n.Type, "mqtt ") {
			if byID[n.Broker].Type != "mqtt-broker" || n.QoS != "1" || n.Retain == "true" {
				t.Errorf("%s: broker %q, qos %s, retain %s", n.ID, n.Broker, n.QoS, n.Retain)
			}
			topic := strings.TrimPrefix(n.Topic, "llamad/raspberrypi/")
			if n.Type == "mqtt out" {
				asks[strings.TrimPrefix(topic, topicPrompt+"/")] = true
			} else {
				hears[strings.TrimPrefix(topic, topicResponse+"/")] = true
			}
		}
	}
	for client := range asks {
		if !hears[client] {
			t.Errorf("nobody hears what %s is answered", client)
		}
	}
	if len(asks) != 5 || len(hears) != 5 {
		t.Errorf("%d parts ask and %d hear, want five", len(asks), len(hears))
	}
}
