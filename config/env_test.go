package config

import (
	"slices"
	"strings"
	"testing"
)

func TestEnvironment(t *testing.T) {
	c := mustLoad(t, "[mqtt]\nqueue = 4\nprefix = 'llama'\n[client.living-room]\nreply = 'text'\n",
		"LLAMAD_MQTT_QUEUE=5",
		"LLAMAD_MQTT_PREFIX=", // empty is not set
		"LLAMAD_MQTT_TLS_CA=/etc/ca.pem", "LLAMAD_MQTT_BROKER=mqtts://hub",
		"LLAMAD_GENERATE_TEMPERATURE=1", "LLAMAD_GENERATE_SEED=18446744073709551615", "LLAMAD_GENERATE_STREAM=true",
		`LLAMAD_GENERATE_STOP=["\n", "a,b"]`,
		"LLAMAD_MQTT_RESPONSE_TOPICS=home/a, home/b",
		"LLAMAD_MEMORY_BUDGET=50%", "LLAMAD_MEMORY_LOCK=1", "LLAMAD_MQTT_MAX_AGE=5m",
		"LLAMAD_CLIENT_LIVING_ROOM_MAX_TOKENS=9", "LLAMAD_CLIENT_ESP_REPLY=text",
		"LLAMAD_KERNEL=portable", "PATH=/bin",
	)
	if c.MQTT.Queue != 5 || c.MQTT.Prefix != "llama" || c.MQTT.TLS.CA != "/etc/ca.pem" || c.MQTT.MaxAge.Minutes() != 5 {
		t.Errorf("mqtt: %+v", c.MQTT)
	}
	if !slices.Equal(c.MQTT.ResponseTopics, []string{"home/a", "home/b"}) || !slices.Equal(c.Generate.Stop, []string{"\n", "a,b"}) {
		t.Errorf("lists: %q %q", c.MQTT.ResponseTopics, c.Generate.Stop)
	}
	if c.Generate.Temperature != 1 || *c.Generate.Seed != 1<<64-1 || c.Generate.Stream != "true" || c.Memory.Budget.Percent != 50 || !c.Memory.Lock {
		t.Errorf("%+v %+v", c.Generate, c.Memory)
	}
	if l := c.Clients["living-room"]; l.MaxTokens != 9 || l.Reply != "text" || l.Temperature != 1 {
		t.Errorf("client.living-room: %+v", l)
	}
	if e := c.Clients["esp"]; e.Reply != "text" || len(c.Clients) != 2 {
		t.Errorf("clients: %+v", c.Clients)
	}
}

func TestUnknownVariablesAreWarnings(t *testing.T) {
	_, warnings, err := loadText(t, "", "LLAMAD_MQTT_QEUEU=4", "LLAMAD_MQTT_SERVICE_HOST=10.0.0.1", "LLAMAD_CLIENT_X=1", "LLAMAD_PORT=1", "LLAMAD_KERNEL=neon")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range warnings {
		got = append(got, w.String()+" ("+w.Hint+")")
	}
	want := []string{
		"LLAMAD_CLIENT_X: sets no key and is ignored (the names are LLAMAD_SECTION_KEY; llamad config example lists the keys)",
		"LLAMAD_MQTT_QEUEU: sets no key and is ignored (did you mean LLAMAD_MQTT_QUEUE?)",
		"LLAMAD_MQTT_SERVICE_HOST: sets no key and is ignored (the names are LLAMAD_SECTION_KEY; llamad config example lists the keys)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("warnings:\n%s\nexpected:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestEnvNamesAreDistinct(t *testing.T) {
	seen := map[string]string{}
	for _, s := range Sections() {
		for _, k := range s.Keys {
			name := EnvName(s.Name, k.Name)
			if other, taken := seen[name]; taken {
				t.Errorf("%s is the variable of %s and of %s.%s", name, other, s.Name, k.Name)
			}
			seen[name] = s.Name + "." + k.Name
		}
	}
}

func TestEnvironmentAlone(t *testing.T) {
	c, _, err := Environment([]string{"LLAMAD_MODEL_DIRECTORY=/srv/models"})
	if err != nil || c.Model.Directory != "/srv/models" || c.File != "" {
		t.Errorf("Environment: %+v, %v", c, err)
	}
}

func TestSetRequest(t *testing.T) {
	r := Default().Generate
	for name, text := range map[string]string{"max_tokens": "5", "temperature": "0", "seed": "-1", "stop": "a,b", "plain": "true", "stream": "sentence"} {
		if err := r.Set(name, text); err != nil {
			t.Errorf("%s = %s: %v", name, text, err)
		}
	}
	if r.MaxTokens != 5 || r.Temperature != 0 || len(r.Stop) != 2 || !r.Plain || r.Stream != "sentence" {
		t.Errorf("%+v", r)
	}
	if r.Get("max_tokens") != 5 || r.Get("plain") != true || len(RequestKeys()) != len(requestRows) {
		t.Errorf("Get: %v %v", r.Get("max_tokens"), r.Get("plain"))
	}
	err := r.Set("top_p", "2")
	if err == nil || err.Error() != "is 2, expected a number from 0 to 1" {
		t.Errorf("top_p = 2: %v", err)
	}
}
