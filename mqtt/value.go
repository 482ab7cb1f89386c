package mqtt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"unicode/utf8"
)

// value is one JSON value of a request, already known to be well-formed.
type value []byte

// kind names what a value is, for errors. What it holds is not repeated: it may
// be private, and long.
func (v value) kind() string {
	switch v[0] {
	case '"':
		return "a text"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 't', 'f':
		return string(v)
	case 'n':
		return "null"
	}
	return "a number"
}

func (v value) isNull() bool { return string(v) == "null" }

func (v value) expected(what string) error {
	return fmt.Errorf("expected %s, found %s", what, v.kind())
}

// outside is expected for a setting, of which a number may be repeated.
func (v value) outside(what string) error {
	if v.isNumber() {
		return fmt.Errorf("expected %s, found %s", what, v[:min(len(v), 24)])
	}
	return v.expected(what)
}

func (v value) text() (string, error) {
	var s string
	if v[0] != '"' || json.Unmarshal(v, &s) != nil {
		return "", v.expected("a text")
	}
	return s, nil
}

func (v value) toggle() (bool, error) {
	switch string(v) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, v.expected("true or false")
}

// number is a finite number from low to high.
func (v value) number(low, high float64) (float64, error) {
	var f float64
	if !v.isNumber() || json.Unmarshal(v, &f) != nil || f < low || f > high || math.IsNaN(f) {
		return 0, v.outside(fmt.Sprintf("a number from %v to %v", low, high))
	}
	return f, nil
}

// whole is an integer from low to high. 256.0 and 2.56e2 are integers too, since
// some senders have only floats.
func (v value) whole(low, high int64) (int64, error) {
	bad := v.outside(fmt.Sprintf("a whole number from %d to %d", low, high))
	if !v.isNumber() {
		return 0, bad
	}
	var i int64
	if json.Unmarshal(v, &i) == nil {
		if i < low || i > high {
			return 0, bad
		}
		return i, nil
	}
	var f float64
	if json.Unmarshal(v, &f) != nil || f != math.Trunc(f) || f < float64(low) || f > float64(high) || math.Abs(f) > 1<<53 {
		return 0, bad
	}
	return int64(f), nil
}

// seed is a whole number of 64 bits; -1, as in llama.cpp, is nil: random.
func (v value) seed() (*uint64, error) {
	i, ok := new(big.Int).SetString(string(v), 10)
	switch {
	case !ok || len(v) > 20:
	case i.IsUint64():
		seed := i.Uint64()
		return &seed, nil
	case i.IsInt64() && i.Int64() == -1:
		return nil, nil
	}
	return nil, v.outside("a whole number from 0 to 18446744073709551615, or -1 for a random one")
}

func (v value) isNumber() bool { return v[0] == '-' || v[0] >= '0' && v[0] <= '9' }

// list is the entries of a list of least to most of them.
func (v value) list(least, most int) ([]value, error) {
	what := fmt.Sprintf("a list of %d to %d entries", least, most)
	dec := json.NewDecoder(bytes.NewReader(v))
	if t, err := dec.Token(); err != nil || t != json.Delim('[') {
		return nil, v.expected(what)
	}
	var out []value
	for dec.More() {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, v.expected(what)
		}
		if len(out) == most {
			return nil, fmt.Errorf("expected %s, found more", what)
		}
		out = append(out, value(raw))
	}
	if len(out) < least {
		return nil, fmt.Errorf("expected %s, found %d", what, len(out))
	}
	return out, nil
}

// texts is a list of least to most texts of at most size bytes each.
func (v value) texts(least, most, size int) ([]string, error) {
	list, err := v.list(least, most)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(list))
	for i, item := range list {
		s, err := item.text()
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", i, err)
		}
		if s == "" || len(s) > size {
			return nil, fmt.Errorf("entry %d has %d bytes, expected 1 to %d", i, len(s), size)
		}
		out[i] = s
	}
	return out, nil
}

// member is a key of an object with its value.
type member struct {
	key   string
	value value
}

const maxKeys = 256

// object reads a JSON object in order. It refuses what JSON leaves open: a key
// twice, and anything behind the object.
func object(payload []byte) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(payload))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, jsonError(dec, err)
	}
	var members []member
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, jsonError(dec, err)
		}
		key := t.(string) // the decoder sees to it
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, jsonError(dec, err)
		}
		if len(members) == maxKeys {
			return nil, fmt.Errorf("the JSON object has more than %d keys", maxKeys)
		}
		if seen[key] {
			return nil, fmt.Errorf("a key is there twice, the second time before byte %d", dec.InputOffset())
		}
		seen[key] = true
		members = append(members, member{key, value(raw)})
	}
	if _, err := dec.Token(); err != nil {
		return nil, jsonError(dec, err)
	}
	if rest := bytes.TrimSpace(payload[dec.InputOffset():]); len(rest) > 0 {
		return nil, fmt.Errorf("there is more behind the JSON object, at byte %d", dec.InputOffset())
	}
	return members, nil
}

func jsonError(dec *json.Decoder, err error) error {
	if syntax, ok := err.(*json.SyntaxError); ok {
		return fmt.Errorf("the payload begins with { but is not JSON: %w at byte %d", syntax, syntax.Offset)
	}
	return fmt.Errorf("the payload begins with { but is not JSON: it breaks off at byte %d", dec.InputOffset())
}

// cut shortens s to at most n bytes of whole characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
