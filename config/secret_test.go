package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const canary = "canary-5e1f"

func write(t *testing.T, dir, name, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask
		t.Fatal(err)
	}
	return path
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	c := mustLoad(t, "[mqtt]\nusername = 'u'\npassword = '"+canary+"'\n")
	if c.MQTT.Password.Reveal() != canary {
		t.Fatalf("password %q", c.MQTT.Password.Reveal())
	}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%08.3f"} {
		fmt.Fprintf(&out, verb+"\n", c.MQTT.Password)
		fmt.Fprintf(&out, verb+"\n", c)
		fmt.Fprintf(&out, verb+"\n", *c)
	}
	fmt.Fprintln(&out, c.MQTT.Password, c.MQTT)
	if err := json.NewEncoder(&out).Encode(c); err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "password", c.MQTT.Password, "config", c, "mqtt", c.MQTT)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "password", c.MQTT.Password, "config", c, "mqtt", c.MQTT)
	if s := out.String(); strings.Contains(s, canary) || strings.Contains(s, fmt.Sprintf("%x", canary)) {
		t.Errorf("the password shows:\n%s", s)
	}
	if !strings.Contains(out.String(), "(set)") {
		t.Error("that a password is set does not show")
	}
	if s := fmt.Sprint(Secret{}); s != "" {
		t.Errorf("an empty secret prints %q", s)
	}
}

func TestPasswordComesFromTheFirstPlaceThatHasOne(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "llamad.mqtt-password", "from-credential\n", 0o400)
	file := write(t, dir, "password", "from-file\r\n", 0o400)
	credential := "CREDENTIALS_DIRECTORY=" + dir
	none := "CREDENTIALS_DIRECTORY=" + t.TempDir()
	env := "LLAMAD_MQTT_PASSWORD=from-environment"
	user := "[mqtt]\nusername = 'u'\n"
	withKey := user + "password = 'from-key'\n"
	withFile := withKey + "password_file = '" + file + "'\n"
	for _, test := range []struct {
		text    string
		environ []string
		want    string
	}{
		{user, nil, ""},
		{user, []string{none}, ""},
		{user, []string{env}, "from-environment"},
		{withKey, []string{env, none}, "from-key"},
		{withFile, []string{env}, "from-file"},
		{withFile, []string{env, credential}, "from-credential"},
		{user, []string{"LLAMAD_MQTT_PASSWORD_FILE=" + file}, "from-file"},
	} {
		c := mustLoad(t, test.text, test.environ...)
		if got := c.MQTT.Password.Reveal(); got != test.want {
			t.Errorf("%q with %q: password %q, expected %q", test.text, test.environ, got, test.want)
		}
	}
}

func TestFilesThatTheWorldCanRead(t *testing.T) {
	dir := t.TempDir()
	text := "[mqtt]\nusername = 'u'\npassword = '" + canary + "'\n"
	for _, test := range []struct {
		mode    os.FileMode
		refused bool
	}{{0o600, false}, {0o640, false}, {0o644, true}, {0o604, true}} {
		path := write(t, dir, fmt.Sprintf("%o.toml", test.mode), text, test.mode)
		_, _, err := Load(path, nil)
		if (err != nil) != test.refused {
			t.Errorf("mode %o: %v", test.mode, err)
		}
		if err != nil && (!strings.Contains(err.Error(), path+":3: mqtt.password: ") || !strings.Contains(err.Error(), "chmod o-rwx "+path) || strings.Contains(err.Error(), canary)) {
			t.Errorf("mode %o: %v", test.mode, err)
		}
	}
	// Container secrets come in files of mode 0444: a warning.
	file := write(t, dir, "password", canary, 0o444)
	_, warnings, err := loadText(t, "[mqtt]\nusername = 'u'\npassword_file = '"+file+"'\n")
	if err != nil || len(warnings) != 1 || warnings[0].Key != "mqtt.password_file" {
		t.Errorf("a password_file of mode 0444: %v, %v", warnings, err)
	}
}

func TestBadSecretsNeverShow(t *testing.T) {
	dir := t.TempDir()
	empty := write(t, dir, "llamad.mqtt-password", "\n", 0o400)
	for name, test := range map[string]struct {
		text, env, want string
	}{
		"empty credential": {"", "CREDENTIALS_DIRECTORY=" + dir, empty + ": empty"},
		"long file":        {"[mqtt]\nusername = 'u'\npassword_file = '" + write(t, dir, "long", strings.Repeat(canary, 9999), 0o400) + "'\n", "", "longer than"},
		"wrong type":       {"[mqtt]\nusername = 'u'\npassword = ['" + canary + "']\n", "", "mqtt.password: is not usable, expected a text in quotes"},
		"no user":          {"", "LLAMAD_MQTT_PASSWORD=" + canary, "no mqtt.username"},
		"in the address":   {"", "LLAMAD_MQTT_BROKER=mqtt://u:" + canary + "@hub", "LLAMAD_MQTT_BROKER: is not usable"},
	} {
		_, _, err := loadText(t, test.text, test.env)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: error %v, expected %q", name, err, test.want)
		}
	}
}
