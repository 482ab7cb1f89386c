package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"path/filepath"
	"strings"
)

// Secret is a text that is never printed: every verb of fmt, slog and the
// encoders of text and JSON show "(set)" or "".
type Secret struct{ text string }

// Reveal is the text, for the one place that sends it.
func (s Secret) Reveal() string { return s.text }

// IsSet says whether there is a text.
func (s Secret) IsSet() bool { return s.text != "" }

func (s Secret) String() string {
	if s.text == "" {
		return ""
	}
	return "(set)"
}

// Format covers the verbs that String does not, such as %#v and %x.
func (s Secret) Format(f fmt.State, _ rune)   { io.WriteString(f, s.String()) }
func (s Secret) LogValue() slog.Value         { return slog.StringValue(s.String()) }
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

func secret[S any](name, about string, at func(*S) *Secret) row[S] {
	return field(Key{Name: name, Text: about, Expected: "a text in quotes"}, "", at, func(v any) (Secret, bool) {
		s, is := v.(string)
		return Secret{s}, is
	}).hushed()
}

const (
	credentialsVariable = "CREDENTIALS_DIRECTORY" // set by systemd's LoadCredential=
	passwordCredential  = "llamad.mqtt-password"
	passwordVariable    = "LLAMAD_MQTT_PASSWORD"
)

// secrets finds the broker's password: a credential, mqtt.password_file, the
// key, the environment, whichever comes first.
func (l *loader) secrets(src *source) {
	m := &l.config.MQTT
	if src.world && m.Password.IsSet() {
		l.refuse(l.at("mqtt.password").problem("the file holds a password and every user of this machine can read it",
			"chmod o-rwx "+src.name))
	}
	if dir := l.env[credentialsVariable]; dir != "" {
		name := filepath.Join(dir, passwordCredential)
		text, _, err := readSecret(name)
		if err == nil {
			m.Password = Secret{text}
			return
		}
		if !errors.Is(err, fs.ErrNotExist) {
			l.refuse(Problem{Key: credentialsVariable, Text: name + ": " + cause(err).Error(), Hint: "the credential holds the password of mqtt.username"})
			return
		}
	}
	if m.PasswordFile != "" {
		text, mode, err := readSecret(m.PasswordFile)
		if err != nil {
			l.refuse(l.at("mqtt.password_file").problem(m.PasswordFile+": "+cause(err).Error(), "put the password in it, readable by the user llamad"))
			return
		}
		// Only a warning: containers get their secrets in files of mode 0444,
		// and there is no other user in there.
		if mode.Perm()&0o004 != 0 {
			l.warn(l.at("mqtt.password_file").problem(m.PasswordFile+" holds a password and every user of this machine can read it", "chmod o-rwx "+m.PasswordFile))
		}
		m.Password = Secret{text}
		return
	}
	if text := l.env[passwordVariable]; text != "" && !m.Password.IsSet() {
		m.Password = Secret{text}
		l.origin["mqtt.password"] = place{name: passwordVariable}
	}
}

// readSecret reads a file that holds nothing but a secret, on one line.
func readSecret(name string) (string, fs.FileMode, error) {
	text, mode, err := readBounded(name, math.MaxUint16) // MQTT's longest password
	if err != nil {
		return "", 0, err
	}
	s := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	if s == "" {
		return "", 0, errors.New("empty")
	}
	return s, mode, nil
}
