package mqtt

import (
	"log/slog"
	"strings"
	"testing"
)

func TestGroupNames(t *testing.T) {
	for group, want := range map[string]string{"": "", "house": "", "pi4": "this node's name too", "a/b": "expected one level", "+": "expected one level", "$share": "expected one level"} {
		_, err := New(Options{
			Broker: Broker{URL: "mqtt://127.0.0.1"}, ClientID: "c", Instance: "1", Prefix: "llamad", Node: "pi4", Group: group,
			Prompt: func(*Message) {}, Cancel: func(string) {}, Log: slog.New(slog.DiscardHandler),
		})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "mqtt.group")) {
			t.Errorf("%q: %v, want %q", group, err, want)
		}
	}
}
